// A timeline as SVG, in pixels of the width that it has.

// Beyond seven actions colours repeat, with another hatch each time.
const HATCHES = ['M-1,1l2,-2M0,6l6,-6M5,7l2,-2', 'M1.5,1.5h2v2h-2z', 'M0,0l6,6M0,6l6,-6', 'M-1,5l2,2M0,0l6,6M5,-1l2,2'];

function hatchOf(label) {
  const kind = label < 0 ? 0 : Math.floor(label / 7) % (HATCHES.length + 1);
  return kind ? `url(#hatch${kind})` : null;
}

function drawHatches(svg) {
  const defs = draw(svg, 'defs', {});
  HATCHES.forEach((path, index) => {
    const pattern = draw(defs, 'pattern', { id: `hatch${index + 1}`, width: 6, height: 6, patternUnits: 'userSpaceOnUse' });
    draw(pattern, 'path', { class: 'hatch', d: path });
  });
}

function drawTimeline(video, groups, curves, view, width) {
  const wide = width >= 640;
  const left = wide ? 150 : 2, right = width - EDGE;
  view.left = left; view.right = right;
  const x = (seconds) => left + (seconds - view.from) / (view.to - view.from) * (right - left);
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', 'tl');
  svg.setAttribute('aria-hidden', 'true');
  drawHatches(svg);
  const back = draw(svg, 'g', {}), front = draw(svg, 'g', {});
  let y = 4;
  const fit = (text, most) => (text.length > most ? `${text.slice(0, Math.max(most - 1, 8))}…` : text);
  const title = (text, more) => {
    const line = draw(front, 'text', { class: 'group', x: wide ? 0 : left, y: y + 12 }, fit(text, Math.floor((width - 8) / 7.3) - more.length));
    draw(line, 'tspan', { class: 'more', dx: 8 }, more);
    y += 18;
  };
  const bar = (item, top, height) => {
    const start = Math.max(x(item.start), left), stop = Math.min(x(item.end), right);
    if (stop < left || start > right) return;
    const state = [colour(item.label), item.hit === 1 ? 'hit' : '', item.index === view.chosen ? 'chosen' : ''].join(' ').trim();
    const place = { x: start.toFixed(1), y: top, width: Math.max(stop - start, 2).toFixed(1), height, rx: 1.5 };
    draw(front, 'rect', { class: state, ...place, 'fill-opacity': item.strength.toFixed(2), 'data-i': item.index });
    const inside = { x: Number(place.x) + 0.8, y: top + 0.8, width: Math.max(place.width - 1.6, 0.4), height: height - 1.6 };
    if (hatchOf(item.label)) draw(front, 'rect', { class: 'over', ...inside, fill: hatchOf(item.label) });
  };
  for (const group of groups) {
    title(group.title, group.more);
    for (const row of group.rows) {
      const name = labelText(row.label), lanes = Math.max(row.lanes, 1);
      const label = (at, most, attributes) => draw(front, 'text', { class: 'label', ...attributes, y: at }, fit(name, most));
      if (wide) label(y + lanes * LANE / 2 + 4, 22, { x: left - 8, 'text-anchor': 'end' });
      else { label(y + 10, Math.floor((width - 8) / 6.6), { x: left }); y += 14; }
      for (const item of row.items) bar(item, y + item.lane * LANE, LANE - 2);
      y += lanes * LANE + 3;
    }
    y += 5;
  }
  view.panels = [];
  for (const curve of curves) {
    title(curve.title, curve.more);
    const height = (value) => y + CURVE - (value - curve.low) / ((curve.high - curve.low) || 1) * CURVE;
    let path = '';
    curve.values.forEach((value, index) => {
      const start = Math.max(curve.offset + index * curve.step, view.from), stop = Math.min(curve.offset + (index + 1) * curve.step, view.to);
      if (stop <= start) return;
      path += `${path ? 'L' : `M${x(start).toFixed(1)},${height(0).toFixed(1)}L`}${x(start).toFixed(1)},${height(value).toFixed(1)}H${x(stop).toFixed(1)}`;
    });
    if (path) draw(front, 'path', { class: `curve ${curve.class}`, d: `${path}V${height(0).toFixed(1)}Z` });
    draw(front, 'line', { class: 'base', x1: left, x2: right, y1: height(0), y2: height(0) });
    view.panels.push([y, y + CURVE, curve]);
    y += CURVE + 10;
  }
  const bottom = y;
  for (let i = 0; i < (video.truth || []).length; i += 3) {
    const start = Math.max(x(video.truth[i] * video.unit), left), stop = Math.min(x(video.truth[i + 1] * video.unit), right);
    if (stop > start) draw(back, 'rect', { class: 'shade', x: start, y: 0, width: stop - start, height: bottom });
  }
  const rough = (view.to - view.from) * 75 / (right - left);
  const size = 10 ** Math.floor(Math.log10(rough));
  const step = view.long && rough > 5 ? [10, 15, 30, 60, 120, 300, 600, 1200, 3600].find((s) => s >= rough) || 7200 : [1, 2, 5, 10].map((n) => n * size).find((s) => s >= rough);
  for (let tick = Math.ceil(view.from / step - 1e-9) * step; tick <= view.to + 1e-9; tick += step) {
    draw(back, 'line', { class: 'grid', x1: x(tick), x2: x(tick), y1: 0, y2: bottom });
    const anchor = x(tick) > right - 12 ? 'end' : x(tick) < left + 12 && !wide ? 'start' : 'middle';
    draw(front, 'text', { class: 'tick', x: x(tick), y: bottom + 13, 'text-anchor': anchor }, clock(tick, view.long));
  }
  draw(front, 'line', { class: 'base', x1: left, x2: right, y1: bottom, y2: bottom });
  if (wide) draw(front, 'text', { class: 'tick', x: 0, y: bottom + 13 }, view.long ? 'time (min:s)' : 'time (s)');
  svg.setAttribute('height', bottom + 18);
  svg.setAttribute('width', width);
  svg.setAttribute('viewBox', `0 0 ${width} ${bottom + 18}`);
  return svg;
}
