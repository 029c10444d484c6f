// Hotspots: where disputes gather, in which months, and whether it rises or eases.

import { byId, el } from "./dom.js";
import { Alerts } from "./hot/alerts.js";
import { Clusters } from "./hot/clusters.js";
import { Effect } from "./hot/effect.js";
import { Lists } from "./hot/lists.js";
import { townships } from "./hot/townships.js";
import { visits } from "./hot/visits.js";
import { countValues } from "./legend.js";
import { Months } from "./months.js";
import { swatch } from "./patterns.js";
import { ask } from "./net.js";
import { seriesChart } from "./series.js";
import { glyph, readTrend, trendPaint, trendWord } from "./trends.js";
import { person, section, showBase, source } from "./usual.js";
import { config, figure, say, sentence, windowName } from "./words.js";

/** Months that are asked for ahead before the categories. */
const NEAR = 4;
const TREND_ORDER = ["intensifying", "new", "consecutive", "persistent", "sporadic", "oscillating", "diminishing", "historical"];

/** Trends to deal with now, whatever the bin of the window. */
const NOW = ["new_hot", "intensifying_hot", "consecutive_hot"];

/** Grids that stand out among their neighbours. */
const UNLIKE = ["low_high", "high_low", "high_high", "low_low"];

export const hotspots = {
  prepare(page) {
    page.mode = page.state.query.view === "outliers" ? "outlier" : "bin";
    page.months = new Months((window) => page.ask(asking(window)));
    page.alerts = new Alerts(page);
    page.lists = new Lists(page, [townships, ...(config.visits ? [visits] : []), new Clusters(page), new Effect(page)]);
  },

  dress(page) {
    const { scene } = page;
    scene.style = page.mode === "outlier" ? config.views.outliers : config.style;
    if (page.mode === "trend") {
      const all = [...new Set(scene.values.grid.trend)];
      const rank = (value) => {
        const { name, cold } = readTrend(value);
        return (name ? TREND_ORDER.indexOf(name) : 20 + (name === null)) + (cold ? 9 : 0);
      };
      scene.order = all.sort((a, b) => rank(a) - rank(b));
      scene.dress("trend", Object.fromEntries(all.map((value) => [String(value), trendPaint(value)])));
    } else {
      scene.order = scene.style.order;
      scene.dress(scene.style.column, scene.style.paints);
    }
    modes(page);
  },

  head(page) {
    const { about, scene } = page;
    byId("lead").textContent = about.sentence ?? "";
    const category = (about.categories ?? []).find((one) => one.code === (about.category ?? ""));
    byId("title").textContent = category ? `${config.title} · ${category.name}` : config.title;
    showBase([windowName(about.window), say("base_grids", { n: figure(scene.places.count) })]);
    byId("more").hidden = false;
    byId("more").replaceChildren(
      el("h2", {}, say("how_found")),
      el("p", { class: "note" }, sentence(about.method)),
      ...[about.note, about.added_up].filter(Boolean).map((one) => el("p", { class: "note" }, one)),
    );
    page.lists.entitle();
    // Whatever the window is; after the values, which the map waits for.
    page.alerts.filled ??= page.alerts.fill();
    byId("source").textContent = source(about);
    windows(page);
    topics(page);
    const months = about.months ?? [];
    page.months.show(months, about.window, within(about.window, months), stepping(about.window, months));
  },

  /** The windows beside, the nearest months, the categories as they are listed, then months further away. */
  next(page) {
    const { about } = page;
    const { month, quarter, year, view, ...rest } = page.state.query;
    const months = (about.months ?? []).filter((one) => !one.open).map((one) => one.month);
    const at = months.indexOf([...within(about.window, about.months ?? [])].at(-1));
    const near = months.map((one, i) => [Math.abs(i - at), one]).sort(([a], [b]) => a - b);
    const asked = near.map(([, one]) => ({ ...rest, month: one }));
    const topics = listed(about.categories ?? []).map((one) => ({ ...rest, month, quarter, year, category: one.code }));
    return [...beside(about).map((one) => ({ ...rest, ...one })), ...asked.slice(0, NEAR), ...topics, ...asked.slice(NEAR)];
  },

  side: (row) => (row.count === null || row.count === undefined ? "" : figure(row.count)),

  kind: trendWord,

  /** The list of the hottest ends where nothing is hot, new or rising. */
  worth(page, row) {
    if (page.mode === "outlier") return UNLIKE.includes(row.outlier);
    return row.bin > 0 || NOW.includes(row.trend);
  },

  cell(row, name) {
    const value = row[name];
    if (name === "trend") return trendPaint(value).word;
    if (name === "outlier") return config.views.outliers.paints[value].word;
    return typeof value === "number" ? figure(value) : (value ?? "—");
  },

  paintOf(scene, row) {
    return scene.style.paints[String(row[scene.style.column])] ?? null;
  },

  tipFigure(page, position) {
    const values = page.scene.values.grid;
    const trend = trendWord({ trend: values.trend?.[position] });
    const count = values.count?.[position];
    return [trend, count === null || count === undefined ? "" : say("n_disputes", { n: figure(count) })].filter(Boolean).join(" · ");
  },

  badge(row) {
    if (!readTrend(row.trend).name) return null;
    return el("span", { class: "row" }, glyph(row.trend), el("b", {}, trendWord(row)));
  },

  tell(page, { detail, code }) {
    const households =
      detail.households === null ? say("households_unknown") : say("households", { n: figure(detail.households) });
    const facts = [say("n_disputes", { n: figure(detail.count) }), households, say("enterprises", { n: figure(detail.enterprises) })];
    const home = el("div", {}, el("p", { class: "facts" }, [windowName(page.about.window), ...facts].join(" · ")));
    home.append(yearAgo(page.about.window, detail.year_ago));
    if (detail.series?.length) {
      const chosen = /^\d{4}-\d\d$/.test(page.about.window) ? page.about.window : null;
      home.append(section(say("disputes_a_month"), seriesChart(detail.series, chosen, say("disputes_a_month"))));
    }
    if (config.covered) home.append(covers(code));
    if (detail.neighbours?.length) home.append(section(say("around"), around(page, detail.neighbours, code)));
    home.append(el("p", { class: "facts" }, say("few_note")));
    return home;
  },
};

function modes(page) {
  const home = byId("legend-block");
  home.querySelector(".segments")?.remove();
  const button = (mode, word) =>
    el(
      "button",
      {
        type: "button",
        class: "mini",
        "data-mode": mode,
        "aria-pressed": String(page.mode === mode),
        click: () => {
          page.mode = mode;
          page.scene.hidden = new Set();
          hotspots.dress(page);
          page.counts = countValues(page.scene.values.grid[page.scene.column]);
          page.look(mode === "outlier" ? "outliers" : null);
          home.querySelector(`[data-mode=${mode}]`).focus();
        },
      },
      word,
    );
  byId("legend").before(
    el("div", { class: "segments", role: "group", "aria-label": say("what_is_painted") }, button("bin", say("hot_and_cold")), button("trend", say("trends")), button("outlier", say("outliers"))),
  );
}

/** The same window a year before, or that nothing was recorded then. */
function yearAgo(window, before) {
  const name = say(/^\d{4}-\d\d$/.test(window) ? "year_ago" : "year_ago_window");
  const said = before ? `${windowName(before.window)} · ${say("n_disputes", { n: figure(before.count) })}` : say("year_ago_none");
  return el("dl", { class: "figures year-ago" }, el("dt", {}, name), el("dd", {}, said));
}

/** Who covers the grid today: the state, the reason and the people of the map of coverage. */
function covers(code) {
  const home = section(say("who_covers"));
  home.classList.add("covers");
  ask(`/api/v1/layers/coverage/rows/${encodeURIComponent(code)}`, {}).then((row) => {
    const paint = config.covered.paints[row.state];
    home.append(
      el("div", { class: "row" }, swatch(paint, 20), el("b", {}, paint.word)),
      el("p", {}, row.sentence ?? ""),
      ...row.detail.members.map((one) => person(one)),
    );
  });
  return home;
}

/** Month, quarter or year: the whole one of each that holds the last month shown, else the nearest. */
function windows(page) {
  const months = page.about.months ?? [];
  byId("windows")?.remove();
  if (!months.some((one) => !one.open)) return;
  const kind = kindOf(page.about.window);
  const shown = [...within(page.about.window, months)].at(-1) ?? months.at(-1).month;
  const choices = ["month", "quarter", "year"].map((name) => [name, nearest(stepsOf(name, months), shown)]).filter(([, value]) => value);
  byId("base").after(
    el(
      "div",
      { class: "segments", id: "windows", role: "group", "aria-label": say("window") },
      choices.map(([name, value]) =>
        el(
          "button",
          {
            type: "button",
            class: "mini",
            "aria-pressed": String(kind === name),
            click: () => page.ask(asking(value)),
          },
          say(`window_${name}`),
        ),
      ),
    ),
  );
}

function kindOf(window) {
  return window.includes("Q") ? "quarter" : window.length === 4 ? "year" : "month";
}

function asking(window) {
  return { month: null, quarter: null, year: null, [kindOf(window)]: window };
}

/** The whole months, quarters or years that the months hold, oldest first. */
function stepsOf(kind, months) {
  const whole = months.filter((one) => !one.open).map((one) => one.month);
  if (kind === "quarter") return whole.filter((one) => Number(one.slice(5)) % 3 === 0).map(quarterOf);
  if (kind === "year") return whole.filter((one) => one.endsWith("-12")).map((one) => one.slice(0, 4));
  return whole;
}

/** The quarters or years before and after the one shown; months are asked for anyway. */
function beside({ window, months }) {
  const { kind, steps } = stepping(window, months ?? []);
  const at = steps.indexOf(window);
  return kind === "month" || at < 0 ? [] : [steps[at - 1], steps[at + 1]].filter(Boolean).map((one) => ({ [kind]: one }));
}

/** How one goes from window to window of one kind. */
function stepping(window, months) {
  const kind = kindOf(window);
  const steps = stepsOf(kind, months);
  const stepOf = (month) => steps.find((one) => one === { month, quarter: quarterOf(month), year: month.slice(0, 4) }[kind]);
  return { kind, steps, stepOf };
}

function nearest(steps, month) {
  const here = [month, quarterOf(month), month.slice(0, 4)];
  return steps.find((one) => here.includes(one)) ?? (steps[0] > month ? steps[0] : steps.at(-1));
}

function quarterOf(month) {
  return `${month.slice(0, 4)}-Q${Math.ceil(Number(month.slice(5)) / 3)}`;
}

function within(window, months) {
  const holds = (month) => (window.includes("Q") ? quarterOf(month) === window : month.startsWith(window));
  return new Set(months.filter((one) => window && holds(one.month)).map((one) => one.month));
}

/** All categories together, then those with most disputes. */
function listed(categories) {
  const count = (one) => (one.count === "<5" ? 0 : Number(one.count) || 0);
  return [...categories].sort((a, b) => (a.code ? 1 : 0) - (b.code ? 1 : 0) || count(b) - count(a));
}

/** The category shown; behind it all of them, those with most disputes first. */
function topics(page) {
  const { about } = page;
  const home = byId("topics");
  const all = about.categories ?? [];
  home.hidden = !all.length;
  const open = home.querySelector("details")?.open ?? false;
  const chosen = about.category ?? "";
  const sorted = listed(all);
  const line = (one) => {
    const id = `category-${one.code || "all"}`;
    const radio = el("input", { type: "radio", name: "category", id, change: () => page.ask({ category: one.code || null }) });
    radio.checked = (one.code ?? "") === chosen;
    return el("li", {}, radio, el("label", { for: id }, one.name), el("span", { class: "count" }, figure(one.count)));
  };
  const here = all.find((one) => (one.code ?? "") === chosen);
  const focused = document.activeElement?.id;
  const more = el(
    "details",
    {},
    el("summary", {}, el("b", {}, here?.name ?? say("category")), el("span", { class: "count" }, figure(here?.count)), el("small", {}, say("more_categories", { n: sorted.length - 1 }))),
    el("small", {}, say("counts_rounded", { window: windowName(about.window) })),
    el("div", { role: "radiogroup", "aria-label": say("category") }, el("ul", { class: "choices" }, sorted.map(line))),
  );
  more.open = open;
  home.replaceChildren(more);
  if (focused?.startsWith("category-")) byId(focused)?.focus();
}

function around(page, rows, code) {
  return el(
    "table",
    {},
    el(
      "thead",
      {},
      el("tr", {}, el("th", { scope: "col" }, say("place")), el("th", { scope: "col", class: "number" }, say("disputes")), el("th", { scope: "col" }, say("trend"))),
    ),
    el(
      "tbody",
      {},
      rows.map((row) =>
        el(
          "tr",
          { "aria-current": row.code === code ? "true" : null, click: () => page.pick(row.code, { fly: true }) },
          el("th", { scope: "row" }, swatch(config.style.paints[String(row.bin)], 20), el("button", { type: "button", class: "place mini" }, row.name ?? row.code)),
          el("td", { class: "number" }, figure(row.count)),
          el("td", {}, trendWord(row) || "—"),
        ),
      ),
    ),
  );
}
