// SPDX-License-Identifier: Apache-2.0
// node superset.js URL EXPORT.zip SPAN OUT.json PICTURE.png HOST...: imports the export, twice ("-": it was), opens the
// dashboard in Chromium as an administrator, with its filters at SPAN ("from : to"), HOSTs and steps of a day, and writes
// what its charts were answered, and how many rows its tables have on the page: {title: {rows, graph, shown}}.
import fs from "node:fs";
import { chromium } from "playwright-core";

const [, , url, archive, span, out, picture, ...hosts] = process.argv;

function fail(what) {
    console.error(what);
    process.exit(1);
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
const context = await browser.newContext({ viewport: { width: 1600, height: 1000 } });
context.setDefaultTimeout(240000);
const tab = await context.newPage();

// the parts of the program that a browser asks for first take the server a while
const login = await context.request.post(`${url}/api/v1/security/login`,
    { data: { username: "admin", password: "secret", provider: "db", refresh: true } });
const token = (await login.json()).access_token;
const api = { Authorization: `Bearer ${token}` };
const csrf = (await (await context.request.get(`${url}/api/v1/security/csrf_token/`, { headers: api })).json()).result;
// as the page's own dialog does it
const imports = (more) => context.request.post(`${url}/api/v1/dashboard/import/`, {
    headers: { ...api, "X-CSRFToken": csrf, Referer: url },
    multipart: { formData: { name: "export.zip", mimeType: "application/zip", buffer: fs.readFileSync(archive) },
        overwrite: "true", ...more },
});
if (archive !== "-") {
    if ((await imports({})).ok()) {
        fail("an import does not ask for the password");
    }
    const passwords = JSON.stringify({ "databases/processes.yaml": "..." });
    for (let times = 0; times < 2; times++) {
        const done = await imports({ passwords });
        if (!done.ok()) {
            fail(`the import: ${done.status()} ${await done.text()}`);
        }
    }
}
for (const [kind, count] of [["dashboard", 1], ["dataset", 5], ["database", 1], ["chart", 17]]) {
    const found = await (await context.request.get(`${url}/api/v1/${kind}/`, { headers: api })).json();
    if (found.count !== count) {
        fail(`${found.count} of ${kind} after two imports, expected ${count}`);
    }
}
const charts = (await (await context.request.get(`${url}/api/v1/dashboard/impacct/charts`, { headers: api })).json()).result;
const titles = new Map(charts.map((chart) => [chart.id, chart.slice_name]));

await tab.goto(`${url}/login/`);
await tab.locator("#username, [name=username]").first().fill("admin");
await tab.locator("#password, [name=password]").first().fill("secret");
await tab.locator("[type=submit]").first().click();
await tab.waitForURL((at) => !at.pathname.startsWith("/login"));

const answers = {};
tab.on("response", async (response) => {
    if (!response.url().includes("/api/v1/chart/data")) {
        return;
    }
    const asked = response.request().postDataJSON();
    const title = titles.get(asked.form_data?.slice_id);
    if (!title) {
        return;
    }
    if (!response.ok()) {
        fail(`${title}: ${response.status()} ${await response.text()}`);
    }
    answers[title] = { rows: (await response.json()).result[0].data, graph: asked.form_data.viz_type !== "table" };
});
// the filters' values in the address, as a link that was copied has them (Rison)
const word = (text) => `'${text.replace(/[!']/g, "!$&")}'`;
const time = `(extraFormData:(time_range:${word(span)}),filterState:(value:${word(span)}),id:NATIVE_FILTER-time,ownState:())`;
const step = "(extraFormData:(time_grain_sqla:P1D),filterState:(value:!(P1D)),id:NATIVE_FILTER-step,ownState:())";
const names = `!(${hosts.map(word).join(",")})`;
const only = `(extraFormData:(filters:!((col:hostname,op:IN,val:${names}))),filterState:(value:${names}),` +
             "id:NATIVE_FILTER-host,ownState:())";
const masks = `(NATIVE_FILTER-time:${time},NATIVE_FILTER-step:${step},NATIVE_FILTER-host:${only})`;
await tab.goto(`${url}/superset/dashboard/impacct/?native_filters=${encodeURIComponent(masks)}`);
// charts are loaded when they come into view
for (const chart of await tab.locator(".dashboard-component-chart-holder").all()) {
    await chart.scrollIntoViewIfNeeded();
    await chart.locator(".chart-container .slice_container, .chart-container [role=alert]").first().waitFor();
}
await tab.waitForFunction(() => !document.querySelector(".chart-container .loading, [aria-label=Loading]"));
const broken = await tab.locator(".chart-container [role=alert], .ant-alert-error").allInnerTexts();
await tab.screenshot({ path: picture, fullPage: true });
if (broken.length) {
    fail(`the page says: ${broken}`);
}
for (const [title, answer] of Object.entries(answers)) {
    const chart = tab.locator(".dashboard-component-chart-holder").filter({ has: tab.getByText(title, { exact: true }) });
    answer.shown = await chart.locator("tbody tr").count();
    if (!answer.shown && !await chart.locator("canvas").count() && answer.rows.length) {
        fail(`${title}: there is neither a graph nor a table`);
    }
}
fs.writeFileSync(out, JSON.stringify(answers, null, 1));
await browser.close();
