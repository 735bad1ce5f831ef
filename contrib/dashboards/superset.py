# SPDX-License-Identifier: Apache-2.0
"""The panels as an export of Apache Superset: a database, a dataset for each table, a chart for each panel, a dashboard.

The files are YAML as far as JSON is: Superset reads both. Ids are made of names, so that an import finds again what one
before it has made. What the form does not say, such as what a chart's params mean, is in Superset's sources (6.1)."""
import uuid

from panels import PANELS

DATABASE = "Processes"
SINCE, GRAIN = 'DATEADD(DATETIME("now"), -6, hour) : now', "PT5M"
VERSION = {"version": "1.0.0"}
# of a dataset: what time is looked at, and the columns of the table that filters and charts name
TIMES = {"process": "at", "summary": "at", "summary_window": "at", "state": "at", "host": None}
TIME_COLUMNS = ("at", "last_record")
COLUMNS = {"process": ["at", "hostname"], "summary": ["at", "hostname"], "summary_window": ["at", "hostname"]}
GRID, ROW_UNIT = 12, 4.75  # Superset's grid is 12 wide; its rows are 8 pixels high, those of the panels 38


def uuid_of(kind, name):
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"impacct:superset:{kind}:{name}"))


def database():
    # Superset counts in UTC, but takes a time as the session has it
    session = {"engine_params": {"connect_args": {"options": "-c timezone=UTC"}}}
    # for a password of this kind, an import asks
    return {"database_name": DATABASE,
            "sqlalchemy_uri": "postgresql+psycopg2://impacct_reader:XXXXXXXXXX@localhost:5432/processes", "expose_in_sqllab": True,
            "allow_dml": False, "extra": session, "uuid": uuid_of("database", DATABASE), **VERSION}


def dataset(table):
    """With a column for each name that a panel shows, unless it is a sum or the like."""
    columns = {name: name for name in COLUMNS.get(table, ())}
    for panel in PANELS:
        sql = panel["sql"]
        if sql["table"] == table and panel["kind"] == "table":
            columns.update(sql["by"] or sql["values"])
    return {"table_name": table, "schema": "impacct", "main_dttm_col": TIMES[table], "sql": None,
            "uuid": uuid_of("dataset", table), "database_uuid": uuid_of("database", DATABASE), "metrics": [],
            "columns": [{"column_name": name, "is_dttm": name in TIME_COLUMNS,
                         "type": "TIMESTAMP WITH TIME ZONE" if name in TIME_COLUMNS else "TEXT", "groupby": True,
                         "filterable": True, "expression": None if name == expression else expression}
                        for name, expression in columns.items()], **VERSION}


def metric(name, expression):
    return {"expressionType": "SQL", "sqlExpression": expression, "label": name, "hasCustomLabel": True,
            "optionName": f"metric_{name.replace(' ', '_')}"}


def filters(sql):
    found = [{"clause": "WHERE", "expressionType": "SQL", "sqlExpression": " AND ".join(sql["where"])}] if sql["where"] else []
    if sql["timed"]:
        found.append({"clause": "WHERE", "expressionType": "SIMPLE", "subject": "at", "operator": "TEMPORAL_RANGE",
                      "comparator": SINCE})
    return found


def params(panel):
    sql = panel["sql"]
    metrics = [metric(*value) for value in sql["values"].items()]
    if panel["kind"] == "timeseries":
        return {"viz_type": "echarts_timeseries_bar", "x_axis": "at", "time_grain_sqla": GRAIN, "metrics": metrics,
                "groupby": [], "adhoc_filters": filters(sql), "stack": "Stack", "row_limit": 10000, "show_legend": True,
                "rich_tooltip": True, "x_axis_time_format": "smart_date", "tooltipTimeFormat": "smart_date",
                "y_axis_format": "SMART_NUMBER"}
    common = {"viz_type": "table", "adhoc_filters": filters(sql), "row_limit": sql["limit"], "server_pagination": False,
              "table_timestamp_format": "%Y-%m-%d %H:%M:%S", "show_cell_bars": False, "order_desc": sql["descending"]}
    if sql["by"]:
        return {**common, "query_mode": "aggregate", "groupby": list(sql["by"]), "metrics": metrics,
                "timeseries_limit_metric": metrics[list(sql["values"]).index(sql["order"])]}
    order = '["%s", %s]' % (sql["order"], "false" if sql["descending"] else "true")
    return {**common, "query_mode": "raw", "all_columns": list(sql["values"]), "order_by_cols": [order]}


def chart(panel):
    return {"slice_name": panel["title"], "viz_type": params(panel)["viz_type"], "params": params(panel),
            "uuid": uuid_of("chart", panel["title"]), "dataset_uuid": uuid_of("dataset", panel["sql"]["table"]), **VERSION}


def position(name):
    """Panels that begin at the same height are a row."""
    place = {"DASHBOARD_VERSION_KEY": "v2", "ROOT_ID": {"id": "ROOT_ID", "type": "ROOT", "children": ["GRID_ID"]},
             "HEADER_ID": {"id": "HEADER_ID", "type": "HEADER", "meta": {"text": name}},
             "GRID_ID": {"id": "GRID_ID", "type": "GRID", "parents": ["ROOT_ID"], "children": []}}
    for number, panel in enumerate(PANELS, 1):
        _, y, width, height = panel["place"]
        row, one = f"ROW-{y}", f"CHART-{number}"
        if row not in place:
            place["GRID_ID"]["children"].append(row)
            place[row] = {"id": row, "type": "ROW", "parents": ["ROOT_ID", "GRID_ID"], "children": [],
                          "meta": {"background": "BACKGROUND_TRANSPARENT"}}
        place[row]["children"].append(one)
        place[one] = {"id": one, "type": "CHART", "parents": ["ROOT_ID", "GRID_ID", row], "children": [],
                      "meta": {"chartId": number, "uuid": uuid_of("chart", panel["title"]), "sliceName": panel["title"],
                               "width": width * GRID // 24, "height": round(height * ROW_UNIT)}}
    return place


def native_filter(name, kind, targets, excluded=(), values=None, **more):
    return {"id": f"NATIVE_FILTER-{name.lower()}", "name": name, "type": "NATIVE_FILTER", "filterType": kind,
            "targets": targets, "cascadeParentIds": [], "scope": {"rootPath": ["ROOT_ID"], "excluded": list(excluded)},
            "controlValues": values or {}, "defaultDataMask": {"extraFormData": {}, "filterState": {}, **more}}


def dashboard(name):
    untimed = [number for number, panel in enumerate(PANELS, 1) if not panel["sql"]["timed"]]
    several = {"multiSelect": True, "enableEmptyFilter": False, "defaultToFirstItem": False, "inverseSelection": False,
               "searchAllOptions": False, "sortAscending": True}
    native = [
        native_filter("Time", "filter_time", [{}], untimed, extraFormData={"time_range": SINCE}, filterState={"value": SINCE}),
        native_filter("Host", "filter_select", [{"column": {"name": "hostname"}, "datasetUuid": uuid_of("dataset", "host")}],
                      values=several),
        native_filter("Step", "filter_timegrain", [{"datasetUuid": uuid_of("dataset", "process")}], untimed,
                      extraFormData={"time_grain_sqla": GRAIN}, filterState={"value": [GRAIN]}),
    ]
    return {"dashboard_title": name, "description": None, "css": "", "slug": "impacct", "published": True,
            "uuid": uuid_of("dashboard", name), "position": position(name),
            "metadata": {"native_filter_configuration": native, "refresh_frequency": 60, "cross_filters_enabled": True,
                         "color_scheme": "", "timed_refresh_immune_slices": [], "expanded_slices": {}, "label_colors": {}},
            **VERSION}


def superset(name):
    files = {"metadata.yaml": {"type": "Dashboard", **VERSION}, "databases/processes.yaml": database(),
             "dashboards/processes.yaml": dashboard(name)}
    files |= {f"datasets/processes/{table}.yaml": dataset(table) for table in TIMES}
    return files | {f"charts/{number:02}.yaml": chart(panel) for number, panel in enumerate(PANELS, 1)}
