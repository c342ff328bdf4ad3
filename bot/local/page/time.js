// Dates and times as people read them, in the browser's own language.

const DAY = 86_400_000;
const STYLES = {
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
  d: { dateStyle: "short" },
  D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" },
  F: { dateStyle: "full", timeStyle: "short" },
  s: { dateStyle: "short", timeStyle: "short" },
  S: { dateStyle: "short", timeStyle: "medium" },
};
const UNITS = [["year", 365 * DAY], ["month", 30 * DAY], ["day", DAY], ["hour", 3_600_000], ["minute", 60_000], ["second", 1000]];

/** One of Discord's timestamp styles (`t T d D f F s S R`). */
export function styled(date, style) {
  return style === "R" ? relative(date) : new Intl.DateTimeFormat(undefined, STYLES[style] ?? STYLES.f).format(date);
}

/** "3 minutes ago", "in 2 days". */
export function relative(date, now = Date.now()) {
  const away = date.getTime() - now;
  const [unit, size] = UNITS.find(([, length]) => Math.abs(away) >= length) ?? UNITS[UNITS.length - 1];
  return new Intl.RelativeTimeFormat(undefined, { numeric: "auto" }).format(Math.round(away / size), unit);
}

/** The time beside a message: only the hour for today and yesterday, else with its date. */
export function messageTime(date, now = new Date()) {
  const days = dayNumber(now) - dayNumber(date);
  if (days === 0) return styled(date, "t");
  return days === 1 ? `Yesterday, ${styled(date, "t")}` : styled(date, "s");
}

/** The label of a day separator. */
export function dayName(date, now = new Date()) {
  const days = dayNumber(now) - dayNumber(date);
  if (days === 0) return "Today";
  return days === 1 ? "Yesterday" : styled(date, "D");
}

/** Equal for two moments of one local day. */
export function dayNumber(date) {
  return Math.round(new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime() / DAY);
}

/** Rewrites every relative time on the page; called once a minute. */
export function refreshRelativeTimes(root) {
  for (const element of root.querySelectorAll("time[data-relative]")) element.textContent = relative(new Date(element.dateTime));
}
