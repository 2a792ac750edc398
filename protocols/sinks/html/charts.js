"use strict";
{
  // Draws every table that has a place for a chart above it. All figures come from its cells; texts are written as text.
  const FONT = "12px system-ui, sans-serif";
  const PAPER = 680; // pixels across that fit on A4 and Letter
  const hint = "Point at a bar, or use the arrow keys on the chart, to read its figures.";
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  const number = (text) => Number(text.replaceAll(",", ""));
  const moment = (seconds) => new Date(seconds * 1000).toISOString();
  const bars = uPlot.paths.bars({ size: [0.85, 60] });
  const ruler = document.createElement("canvas").getContext("2d");

  const fitted = (text, width) => {
    ruler.font = FONT;
    let cut = [...text].slice(0, 80).join("");
    if (cut === text && ruler.measureText(text).width <= width) return text;
    while (cut && ruler.measureText(`${cut}…`).width > width) cut = [...cut].slice(0, -1).join("");
    return `${cut}…`;
  };

  const read = (place) => {
    const table = place.parentElement.querySelector("table");
    const isDrawn = place.dataset.kind === "time" ? (row) => row.querySelector("time") : () => true;
    const rows = [...table.tBodies[0].rows].filter(isDrawn).slice(0, Number(place.dataset.most));
    const columns = [...table.tHead.rows[0].cells].slice(1).map((head, at) => ({
      title: head.textContent,
      colour: head.dataset.colour,
      cells: rows.map((row) => row.cells[at + 1].textContent),
    }));
    return { rows, columns };
  };

  const sums = (columns) => {
    let below = columns[0].values.map(() => 0);
    return columns.map((column) => (below = below.map((sum, at) => sum + column.values[at])));
  };

  const axis = (more) => ({ stroke: colour("soft"), font: FONT, grid: { stroke: colour("line"), width: 1 }, ticks: { show: false }, ...more });
  const filled = (column, scale) => ({ scale, paths: bars, fill: colour(column.colour), stroke: colour(column.colour), width: 0, points: { show: false } });
  const whole = [1, 2, 5].flatMap((each) => Array.from({ length: 12 }, (_, power) => each * 10 ** power)).sort((one, other) => one - other);
  const counts = (splits) => splits.map((each) => each.toLocaleString("en"));

  const time = ({ rows, columns }, place, width) => {
    const span = Number(place.dataset.span);
    const begin = Number(place.dataset.begin);
    const starts = rows.map((row) => Date.parse(row.querySelector("time").dateTime) / 1000);
    const spots = starts.map((start) => Math.max(0, Math.round((start - begin) / span)));
    const xs = Array.from({ length: Math.max(...spots) + 1 }, (_, at) => begin + at * span + span / 2);
    for (const column of columns) {
      column.values = xs.map(() => 0);
      column.cells.forEach((cell, at) => { column.values[spots[at]] = number(cell); });
    }
    const stacked = columns.filter((column) => column.colour !== "ink");
    const all = columns.find((column) => column.colour === "ink");
    const from = (up) => Math.max(1, ...up);
    const tops = sums(stacked);
    const top = from(tops.at(-1));
    const alike = from(all.values) <= 10 * top; // one axis then, which needs no comparing
    const scale = alike ? "y" : "all";
    const days = span >= 24 * 60 * 60;
    const numbers = (more) => axis({ labelFont: FONT, labelSize: 18, size: 50, incrs: whole, values: (_, splits) => counts(splits), ...more });
    return {
      count: xs.length,
      said: (at) => `${moment(begin + at * span).slice(0, 16).replace("T", " ")} UTC`,
      values: columns,
      data: [xs, ...tops.reverse(), all.values],
      options: {
        width, height: 240,
        scales: {
          x: { range: () => [begin, begin + xs.length * span] },
          y: { range: () => [0, 1.05 * (alike ? Math.max(top, from(all.values)) : top)] },
          all: { range: () => [0, 1.05 * from(all.values)] },
        },
        series: [{}, ...[...stacked].reverse().map((column) => filled(column, "y")), { scale, stroke: colour("ink"), width: 1.5, points: { show: xs.length === 1 } }],
        axes: [
          axis({ space: 80, size: days ? 30 : 50, values: (_, splits) => splits.map((each, at) => {
            const text = moment(each);
            const day = text.slice(0, 10);
            if (days || text.slice(11, 19) === "00:00:00") return day;
            const clock = text.slice(11, span < 60 ? 19 : 16);
            return at ? clock : `${clock}\n${day}`;
          }) }),
          numbers({ label: alike ? "events" : "events with violations" }),
          ...(alike ? [] : [numbers({ label: "all events", scale, side: 1, grid: { show: false } })]),
        ],
        tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "UTC"),
      },
    };
  };

  const shares = ({ rows, columns }, place, width) => {
    for (const column of columns) column.values = column.cells.map(number);
    const stacked = columns.filter((column) => column.colour);
    const totals = sums(stacked).at(-1);
    const parts = sums(stacked).map((column) => column.map((sum, at) => (totals[at] ? sum / totals[at] : 0)));
    const names = rows.map((row) => row.cells[0].textContent);
    const room = Math.min(220, Math.round(width * 0.4));
    return {
      count: rows.length,
      upright: true,
      said: (at) => names[at],
      values: stacked,
      data: [rows.map((_, at) => at), ...parts.reverse()],
      options: {
        width, height: 24 * rows.length + 40,
        scales: { x: { time: false, ori: 1, dir: -1, range: () => [-0.5, rows.length - 0.5] }, y: { ori: 0, dir: 1, range: () => [0, 1] } },
        series: [{}, ...[...stacked].reverse().map((column) => filled(column, "y"))],
        axes: [
          axis({ side: 3, size: room, grid: { show: false }, splits: () => names.map((_, at) => at), values: () => names.map((name) => fitted(name, room - 12)) }),
          axis({ side: 2, size: 30, splits: () => [0, 0.25, 0.5, 0.75, 1], values: (_, splits) => splits.map((each) => `${100 * each}%`) }),
        ],
      },
    };
  };

  const kinds = { time, shares };

  for (const place of document.querySelectorAll(".chart")) {
    const table = read(place);
    const [key, readout] = place.parentElement.querySelectorAll(".key, .readout");
    let drawn, plan, at = -1, width = 0;
    const say = (spot) => {
      readout.textContent = spot == null ? hint : `${fitted(plan.said(spot), 400)}: ${plan.values.map((column) => `${column.values[spot].toLocaleString("en")} ${column.title.toLowerCase()}`).join(", ")}`;
    };
    const draw = (wanted) => {
      width = wanted;
      drawn?.destroy();
      plan = kinds[place.dataset.kind](table, place, wanted);
      drawn = new uPlot({
        ...plan.options,
        legend: { show: false },
        padding: [8, 24, 0, 0],
        cursor: { drag: { x: false, y: false }, points: { show: false }, x: !plan.upright, y: false },
        hooks: { setCursor: [(chart) => { at = chart.cursor.idx ?? -1; say(chart.cursor.idx); }] },
      }, plan.data, place);
    };
    const redraw = () => draw(document.documentElement.classList.contains("printing") ? Math.min(PAPER, place.clientWidth) : place.clientWidth);
    const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };
    place.hidden = key.hidden = readout.hidden = false;
    place.tabIndex = 0;
    readout.textContent = hint;
    place.addEventListener("keydown", (event) => {
      if (!(event.key in step)) return;
      event.preventDefault();
      at = Math.min(plan.count - 1, Math.max(0, at + step[event.key]));
      const along = drawn.valToPos(drawn.data[0][at], "x");
      drawn.setCursor(plan.upright ? { left: 1, top: along } : { left: along, top: 1 });
    });
    redraw();
    new ResizeObserver(() => { if (place.clientWidth !== width && !document.documentElement.classList.contains("printing")) redraw(); }).observe(place);
    const printing = (is) => { document.documentElement.classList.toggle("printing", is); redraw(); };
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
    addEventListener("beforeprint", () => printing(true));
    addEventListener("afterprint", () => printing(false));
  }
}
