// Draws the table of a result as a chart. The table is the truth; without scripts it stands alone.
"use strict";

for (const place of document.querySelectorAll("[data-chart]")) {
  const rows = [...document.getElementById(place.dataset.chart).tBodies[0].rows].reverse();
  const number = (text) => (text === undefined || text === "" ? null : Number(text));
  const times = rows.map((row) => Number(row.dataset.at));
  const of = (kind, name) => rows.map((row) => (row.dataset.kind === kind ? number(row.dataset[name]) : null));
  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const low = number(place.dataset.low);
  const high = number(place.dataset.high);
  // Each domain has its own line, told apart by its dashes too: a registry's copy is not care's value.
  const lines = [
    { kind: "care", dash: undefined },
    { kind: "social", dash: undefined },
    { kind: "registry", dash: [2, 4] },
    { kind: "own", dash: [6, 4] },
  ]
    .flatMap(({ kind, dash }) => ["value", "second"].map((name) => ({ values: of(kind, name), stroke: `--${kind}`, dash })))
    .filter((line) => line.values.some((value) => value !== null));

  // The nearer bound of the reference range is kept in sight.
  const range = (_, least, most) => {
    const span = most - least || Math.abs(most) || 1;
    const bounds = [low, high].filter((bound) => bound !== null && bound > least - span * 1.5 && bound < most + span * 1.5);
    return uPlot.rangeNum(Math.min(least, ...bounds), Math.max(most, ...bounds), 0.1, true);
  };

  const band = (chart) => {
    if (low === null && high === null) return;
    const { left, top, width, height } = chart.bbox;
    const at = (value, otherwise) => (value === null ? otherwise : Math.min(Math.max(chart.valToPos(value, "y", true), top), top + height));
    const upper = at(high, top);
    const lower = at(low, top + height);
    chart.ctx.save();
    chart.ctx.fillStyle = token("--social-tint");
    chart.ctx.fillRect(left, upper, width, lower - upper);
    chart.ctx.restore();
  };

  const draw = () => {
    place.replaceChildren();
    const ink = token("--ds-color-neutral-text-subtle");
    const grid = { stroke: token("--ds-color-neutral-border-subtle"), width: 1 };
    const font = "13px Inter, system-ui, sans-serif";
    const locale = place.dataset.locale;
    const month = new Intl.DateTimeFormat(locale, { month: "short", year: "2-digit" });
    const day = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" });
    const short = times.at(-1) - times[0] < 120 * 86400;
    new uPlot(
      {
        width: place.clientWidth,
        height: Math.min(320, Math.max(220, place.clientWidth * 0.4)),
        legend: { show: false },
        cursor: { y: false },
        scales: { x: { time: true }, y: { range } },
        axes: [
          { stroke: ink, font, grid: { show: false }, ticks: grid, space: 90, values: (_, marks) => marks.map((mark) => (short ? day : month).format(mark * 1000)) },
          { stroke: ink, font, grid, ticks: { show: false }, size: 60, values: (_, marks) => marks.map((mark) => mark.toLocaleString(locale)) },
        ],
        series: [
          {},
          ...lines.map((line) => ({
            stroke: token(line.stroke),
            width: 2,
            spanGaps: true,
            dash: line.dash,
            points: { show: rows.length < 80, size: 8, width: 2, fill: line.dash ? token("--ds-color-neutral-surface-default") : token(line.stroke) },
          })),
        ],
        hooks: { drawClear: [band] },
      },
      [times, ...lines.map((line) => line.values)],
      place,
    );
  };

  place.hidden = false;
  draw();
  new ResizeObserver(draw).observe(place.parentElement);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
}
