// SPDX-License-Identifier: Apache-2.0
// node page.js PAGE.html TRUTH.json PICTURES: the page in Chromium, as a person, a screen reader's rules and the network
// see it. Its figures are read from what is shown, and compared with what tests/report/day.py counted.
import fs from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const [, , page, truthFile, pictures] = process.argv;
const truth = JSON.parse(fs.readFileSync(truthFile)).all;
const axe = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

function fail(what) {
    console.error(what);
    process.exit(1);
}

function equal(what, got, want) {
    if (JSON.stringify(got) !== JSON.stringify(want)) {
        fail(`${what}: the page says ${JSON.stringify(got)}, expected ${JSON.stringify(want)}`);
    }
}

const figures = (number) => number.toLocaleString("en-US");

// names as the page shows them
const shown = (name) => name.replace(/[\x00-\x1f]/g, (c) => (c === "\t" ? "\\t" : `\\x${c.charCodeAt(0).toString(16).padStart(2, "0")}`))
    .replace(/[\u200b\u202e]/g, (c) => `\\u${c.charCodeAt(0).toString(16)}`);

async function open(browser, size, scheme, more = {}) {
    const context = await browser.newContext({ viewport: size, colorScheme: scheme, ...more });
    const tab = await context.newPage();
    tab.requests = [];
    tab.complaints = [];
    tab.on("request", (request) => tab.requests.push(request.url()));
    tab.on("console", (message) => tab.complaints.push(message.text()));
    tab.on("pageerror", (error) => tab.complaints.push(String(error)));
    tab.on("dialog", (dialog) => { tab.complaints.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
    await tab.goto(`file://${page}`);
    return tab;
}

// rows of a table by its caption: [[cell, ...], ...]
const rows = (tab, caption, part = "tbody") => tab.evaluate(([caption_, part_]) => {
    const table = [...document.querySelectorAll("table")].find((t) => t.caption.textContent.trim() === caption_);
    return [...table.querySelectorAll(`${part_} tr`)].map((row) => [...row.cells].map((cell) => cell.textContent.trim()));
}, [caption, part]);

async function checkFigures(tab) {
    const tiles = Object.fromEntries(await tab.evaluate(() => [...document.querySelectorAll(".tiles div")].map((tile) =>
        [tile.querySelector("dt").textContent, tile.querySelector("dd").textContent])));
    equal("the tile of processes", tiles.Processes, figures(truth.processes));
    equal("the tile of failures", tiles.Failed, figures(truth.failed));
    equal("the tile of crashes", tiles.Crashed, figures(truth.crashed));
    equal("the tile of starts", tiles.Started, figures(truth.started));
    for (const [caption, name] of [["Programs", "programs"], ["Users", "users"], ["Hosts", "hosts"],
        ["Containers", "containers"], ["systemd units", "units"], ["Batch jobs", "jobs"]]) {
        const found = (await rows(tab, caption)).map((row) => row.slice(0, 3)).sort();
        const counted = Object.entries(truth[name]).map(([key, row]) => [shown(key), figures(row.n), figures(row.failed ?? 0)]);
        // what only started
        for (const row of found.filter((r) => r[1] === "0")) {
            counted.push(row);
        }
        equal(caption, found, counted.sort());
    }
    const failures = (await rows(tab, "Failures")).map((row) => [row[0], row[3], row[2], row[1]].join("|")).sort();
    equal("failures", failures, Object.entries(truth.failures).map(([key, n]) => {
        const [program, user, how] = key.split("\0");
        return [shown(program), user, how, figures(n)].join("|");
    }).sort());
    const sum = (await rows(tab, "Activity")).reduce((so, row) => so + Number(row[1].replaceAll(",", "")), 0);
    equal("the sum of the activity", sum, truth.processes);
}

async function checkHostility(tab) {
    const found = await tab.evaluate(() => ({
        title: document.title.includes("owned"), scripts: document.scripts.length,
        foreign: [...document.querySelectorAll("img, iframe, object, embed, link, form, input, base, video, audio, source")].length,
        handlers: [...document.querySelectorAll("*")].filter((e) => [...e.attributes].some((a) => a.name.startsWith("on"))).length,
        references: [...document.querySelectorAll("[src], [href]")].map((e) => e.getAttribute("src") ?? e.getAttribute("href"))
            .filter((to) => !to.startsWith("#")),
        text: document.body.innerText,
    }));
    equal("what a name could become", [found.title, found.scripts, found.foreign, found.handlers, found.references],
        [false, 1, 0, 0, []]);
    const control = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069]/.exec(found.text);
    if (control) {
        fail(`the page shows ${escape(control[0])}`);
    }
    if (!found.text.includes("<script>document.title='owned'</script>") || !found.text.includes("{{ 7*7 }}")) {
        fail("a command line is not shown as it is");
    }
    // where all escaping failed, the page's policy stands
    const violated = await tab.evaluate(() => new Promise((resolve) => {
        const seen = new Set();
        document.addEventListener("securitypolicyviolation", (event) => {
            seen.add(event.effectiveDirective);
            if (seen.size === 3) {
                resolve([...seen].sort());
            }
        });
        const script = document.createElement("script");
        script.textContent = "document.title = 'owned'";
        document.body.append(script);
        document.body.insertAdjacentHTML("beforeend", "<img src='http://127.0.0.1:9/x' onerror='document.title = \"owned\"'>");
    }));
    equal("what the policy forbids", violated, ["img-src", "script-src-attr", "script-src-elem"]);
    if (await tab.title() === "owned") {
        fail("a script that was put in ran");
    }
}

async function checkSorting(tab, size) {
    const table = tab.locator("section[aria-labelledby=programs] table");
    const column = async (index) => (await table.locator(`tbody tr > :nth-child(${index})`).evaluateAll((cells) =>
        cells.map((cell) => Number(cell.dataset.v ?? "NaN"))));
    const isDown = (values) => values.every((value, i) => i === 0 || values[i - 1] >= value);
    // by Tab from the heading's region to the button, and Enter
    await table.locator("..").focus();
    for (let i = 0; i < 2; i++) {
        await tab.keyboard.press("Tab");
    }
    const at = await tab.evaluate(() => document.activeElement.textContent);
    equal("what Tab reaches", at, "Processes");
    await tab.keyboard.press("Enter");
    equal("aria-sort", await table.locator("thead th").evaluateAll((heads) => heads.map((h) => h.getAttribute("aria-sort"))
        .filter(Boolean)), ["descending"]);
    if (!isDown(await column(2))) {
        fail("Enter does not sort by processes");
    }
    await tab.keyboard.press("Space");
    if (!isDown((await column(2)).reverse())) {
        fail("Space does not sort the other way");
    }
    equal("what a screen reader is told", await tab.locator("#said").textContent(), "Programs: sorted by Processes, ascending");
    await tab.keyboard.press("Shift+Tab");
    await tab.keyboard.press("Enter");
    const names = await table.locator("tbody th").allTextContents();
    equal("sorted by name", names.map((n) => n.trim().toLowerCase()), names.map((n) => n.trim().toLowerCase())
        .sort((a, b) => a.localeCompare(b)));
    const more = tab.locator("section[aria-labelledby=programs] .more");
    const visible = () => table.locator("tbody tr:visible").count();
    equal("rows at first", await visible(), 10);
    await more.focus();
    await tab.keyboard.press("Enter");
    equal("rows after all were asked for", await visible(), names.length);
    equal("aria-expanded", await more.getAttribute("aria-expanded"), "true");
    return size;
}

async function checkChart(tab, kind) {
    const charts = await tab.locator(`svg.chart.${kind}:visible`).evaluateAll((all) => all.map((svg) => ({
        named: svg.getAttribute("aria-labelledby").split(" ").every((id) => document.getElementById(id).textContent.length > 5),
        role: svg.getAttribute("role"), times: svg.querySelectorAll(".x text").length, figures: svg.querySelectorAll(".y text").length,
        smallest: Math.min(...[...svg.querySelectorAll("text")].map((t) => t.getBoundingClientRect().height)),
        left: Math.min(...[...svg.querySelectorAll("text")].map((t) => t.getBoundingClientRect().left)),
        right: Math.max(...[...svg.querySelectorAll("text")].map((t) => t.getBoundingClientRect().right)),
        bars: svg.querySelectorAll("g > rect > title").length, gaps: svg.querySelectorAll(".gap").length,
    })));
    equal("charts", charts.length, 4);
    for (const chart of charts) {
        if (!chart.named || chart.role !== "img" || chart.times < 2 || chart.figures < 2 || chart.smallest < 10 || !chart.bars ||
            chart.gaps !== 2 || chart.left < 0 || chart.right > tab.viewportSize().width) {
            fail(`a chart: ${JSON.stringify(chart)}`);
        }
    }
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
for (const [name, size] of [["desktop", { width: 1280, height: 900 }], ["phone", { width: 375, height: 812 }]]) {
    for (const scheme of ["light", "dark"]) {
        const tab = await open(browser, size, scheme);
        await tab.screenshot({ path: `${pictures}/${name}-${scheme}.png`, fullPage: true });
        equal("requests", tab.requests, [`file://${page}`]);
        equal("complaints of the browser", tab.complaints, []);
        const width = await tab.evaluate(() => document.documentElement.scrollWidth);
        if (width > size.width) {
            fail(`${name}: the page is ${width} pixels wide`);
        }
        await checkChart(tab, name === "phone" ? "narrow" : "wide");
        const background = await tab.evaluate(() => getComputedStyle(document.body).backgroundColor.match(/\d+/g).map(Number));
        equal(`${scheme} is dark`, background[0] < 128, scheme === "dark");
        if (await tab.evaluate(() => document.querySelector("#alarms").getBoundingClientRect().top >
                               document.querySelector("#activity").getBoundingClientRect().top)) {
            fail("alarms are not first");
        }
        // everything unfolded, too, is looked at by axe
        for (const state of ["as it is", "unfolded"]) {
            if (state === "unfolded") {
                await tab.evaluate(() => document.querySelectorAll("details").forEach((d) => { d.open = true; }));
            }
            // by the debugger, which no policy of the page forbids
            await tab.evaluate(axe);
            const result = await tab.evaluate(() => window.axe.run());
            for (const found of result.violations) {
                console.log(`axe: ${name}, ${scheme}, ${state}: ${found.impact}: ${found.id}: ${found.nodes.length} times: ` +
                            `${found.nodes[0].html.slice(0, 200)}`);
            }
            if (result.violations.some((found) => ["serious", "critical"].includes(found.impact))) {
                process.exit(1);
            }
            console.log(`${name}, ${scheme}, ${state}: axe passes ${result.passes.length} rules, finds ${result.violations.length}`);
        }
        await checkFigures(tab);
        await checkSorting(tab);
        await checkHostility(tab);
        await tab.context().close();
    }
}
// without script
const plain = await open(browser, { width: 1280, height: 900 }, "light", { javaScriptEnabled: false });
const count = await plain.locator("section[aria-labelledby=programs] tbody tr:visible").count();
await browser.close();
if (count < Object.keys(truth.programs).length) {
    fail(`without script, ${count} programs are shown`);
}
console.log("the page shows what was counted, asks nobody for anything, and sorts by keyboard");
