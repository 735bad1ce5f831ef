# SPDX-License-Identifier: Apache-2.0
"""An object of any schema to one with the native names, as far as the report needs it.

The names are those of the reference page of fields. Where a standard moved a name, or the module did between versions,
both are here. In ecs and otel, "pacct." stands before the native name of what the standard has no name for."""

# of an exit or exec: native name, otel's
OTEL = (("id", "log.record.uid"), ("hostname", "host.name"), ("pid", "process.pid"), ("uid", "process.real_user.id"),
        ("user", "process.real_user.name"), ("start", "process.creation.time"), ("end", "process.exit.time"),
        ("time", "time"), ("exit_code", "process.exit.code"), ("command_line", "process.command_line"),
        ("args", "process.command_args"), ("container_id", "container.id"), ("file", "log.file.path"))
ACCT = (("ac_comm", "comm"), ("ac_pid", "pid"), ("ac_uid", "uid"), ("ac_mem", "mem_kib"))


class Unknown(ValueError):
    """Of no schema."""


def _ecs(e):
    out = dict(e.get("pacct", ()))
    event, process = e["event"], e.get("process")
    out["event"], out["hostname"], out["time"] = event["action"], e["host"]["name"], e.get("@timestamp")
    out["id"], out["kind"] = event.get("id"), event.get("kind")
    if process is not None:
        get = process.get
        user, container = process.get("real_user", {}), e.get("container", {})
        out["comm"], out["pid"], out["start"], out["end"] = get("name"), get("pid"), get("start"), get("end")
        out["uid"], out["user"], out["container_id"] = user.get("id"), user.get("name"), container.get("id")
        if "duration" in event:
            out["elapsed"] = event["duration"] / 1e9
        for name, to in (("exit_code", "exit_code"), ("command_line", "command_line"), ("args", "args")):
            if name in process:
                out[to] = process[name]
    if "message" in e:
        out["detail"] = e["message"]
    if "log" in e:
        out["file"] = e["log"]["file"]["path"]
    return out


def _otel(e):
    out = {name[6:]: value for name, value in e.items() if name[:6] == "pacct."}
    for name, otel in OTEL:
        if otel in e:
            out[name] = e[otel]
    # the group of a summary may come as one name for each member
    for name in [name for name in out if name[:6] == "group."]:
        out.setdefault("group", {})[name[6:]] = out.pop(name)
    # names of events may be namespaced
    out["event"] = e["event.name"].rpartition(".")[2]
    return out


def native(e):
    """The same event under the native names. Raises Unknown, or what wrong types raise."""
    if type(e) is not dict:
        raise Unknown("JSON, but no object")
    event = e.get("event")
    if type(event) is str:
        for name, to in ACCT:
            if name in e:
                e[to] = e[name]
        return e
    if type(event) is dict and type(event.get("action")) is str and event.get("module") == "impacct":
        return _ecs(e)
    if type(e.get("event.name")) is str:
        return _otel(e)
    raise Unknown('JSON, but no message of impacct: neither "event" (native, acct), nor "event.module" "impacct" '
                  '(ecs), nor "event.name" (otel)')


def user(e):
    """Its name, or its number where nobody knew one."""
    name = e.get("user")
    return str(e["uid"]) if name is None else name


def command_line(e):
    line = e.get("command_line")
    if line is None and e.get("args"):
        line = " ".join(map(str, e["args"]))
    return line
