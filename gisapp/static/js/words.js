// What the page was told by the server, and how it speaks: sentences, figures, dates, units.

export const config = JSON.parse(document.getElementById("config").textContent);

const chinese = config.locale.startsWith("zh");
const THIN = "\u2009";

/** The translated sentence called `key`, its {fields} filled; {n:grid|grids} is one word or the other. */
export function say(key, fields = {}) {
  const text = config.messages[key] ?? key;
  const counted = text.replace(/\{(\w+):([^{}|]*)\|([^{}|]*)\}/g, (_, name, one, many) => (String(fields[name]) === "1" ? one : many));
  return counted.replace(/\{(\w+)\}/g, (whole, name) => String(fields[name] ?? whole));
}

/** Names in a row. */
export function listed(names) {
  return names.join(chinese ? "、" : ", ");
}

/** What is said to a reader in one go: parts without the full stops of sentences among them. */
export function together(parts) {
  const said = parts.filter(Boolean).map((part) => part.replace(/[。.]$/, ""));
  return said.join(chinese ? "，" : ", ");
}

/** A phrase that stands alone. */
export function sentence(phrase) {
  return phrase ? phrase[0].toUpperCase() + phrase.slice(1) + (chinese ? "。" : ".") : "";
}

/** A figure as readers of this language write it, also "≥1000"; "<5" and other words pass. */
export function figure(value, digits = 0) {
  if (value === null || value === undefined || value === "") return "—";
  if (typeof value === "string") return value.replace(/^≥(\d+)$/, (_, least) => `≥${figure(Number(least))}`);
  const [whole, part] = Math.abs(value).toFixed(digits).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, chinese ? THIN : ",");
  return (value < 0 ? "－" : "") + grouped + (part ? `.${part}` : "");
}

/** Whether a figure is there but not published, so that it tells no other. */
export function withheld(value) {
  return value === null || value === "—";
}

/** A change as "＋9", "－31" or "±0". */
export function signed(value, digits = 0) {
  const rounded = Number(value.toFixed(digits));
  if (rounded === 0) return "±0";
  return (rounded > 0 ? "＋" : "") + figure(rounded, digits);
}

/** A share as "12.5 %", with one decimal below ten. */
export function percent(share) {
  const value = share * 100;
  const digits = value > 0 && value < 9.95 && value % 1 >= 0.05 ? 1 : 0;
  return `${figure(value, digits)}\u202f%`;
}

/** "2026-10" as 2026年10月 or Oct 2026; quarters and years too; `short` for an axis. */
export function windowName(text, short = false) {
  if (!text) return "";
  if (/^\d{4}$/.test(text)) return chinese ? `${text}年` : text;
  const [year, rest] = text.split("-");
  if (rest.startsWith("Q")) {
    return chinese ? `${year}年第${"一二三四"[Number(rest[1]) - 1]}季度` : `${rest} ${year}`;
  }
  if (short) return `${year}.${Number(rest)}`;
  if (chinese) return `${year}年${Number(rest)}月`;
  return `${monthName(year, rest)} ${year}`;
}

let months = null;

function monthName(year, month) {
  // To make one takes as long as to use it a hundred times.
  months ??= new Intl.DateTimeFormat("en-GB", { month: "short", timeZone: "UTC" });
  return months.format(new Date(Date.UTC(Number(year), Number(month) - 1, 1)));
}

/** "2026-10-31" as 10月31日 or 31 Oct 2026. */
export function dayName(text) {
  if (!text) return "";
  const [year, month, day] = text.slice(0, 10).split("-").map(Number);
  if (chinese) return `${year}年${month}月${day}日`;
  return `${day} ${monthName(year, month)} ${year}`;
}

/** A moment as 10:42, with its day when that is another than today. */
export function moment(text) {
  if (!text) return "";
  const at = new Date(text);
  const two = (n) => String(n).padStart(2, "0");
  const hour = `${two(at.getHours())}:${two(at.getMinutes())}`;
  if (at.toDateString() === new Date().toDateString()) return hour;
  return `${dayName(`${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`)} ${hour}`;
}

/** A name as it stands on the map: 柳塘街道 is 柳塘, Wangjiang Subdistrict is Wangjiang. */
export function shortName(name) {
  const bare = name.replace(/\s+(Subdistrict|Township|Town|Community|Village)$/, "");
  if (bare.length < 3 || /[A-Za-z]/.test(bare)) return bare;
  return bare.replace(/(街道|社区|村|镇|乡)$/, "") || bare;
}

/** How a value of the painted column looks. */
export function paintOf(value) {
  return config.style?.paints?.[String(value)] ?? null;
}
