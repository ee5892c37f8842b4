// Makes internal/worldmap/shapes.json from Natural Earth 1:50m (public domain), as packed by world-atlas.
// Run at development time: npm ci && npm run generate. The same versions give the same bytes.
import { writeFileSync, readFileSync } from 'node:fs';
import polygonClipping from 'polygon-clipping';
import { feature, mesh } from 'topojson-client';
import { topology } from 'topojson-server';
import { presimplify, simplify } from 'topojson-simplify';
import { areas, cuts, dashed, merges, splits } from './areas.mjs';
import { spread } from './circles.mjs';
import { states, territories } from './places.mjs';
import * as plane from './plane.mjs';
import { points } from './points.mjs';

const detail = 0.4; // square units: a corner whose triangle is smaller is dropped
const speck = 0.3; // square units: islands smaller than this are dropped, unless their area has no larger one
const small = 4.6; // square units: a state whose largest polygon is smaller gets a circle (1 square unit is about 1300 km²)
const shapeOnly = ['PSE']; // a circle would lie on most of the neighbours
const gap = 6.6; // between the middles of two circles of radius 3 with an outline

const world = JSON.parse(readFileSync(new URL('./node_modules/world-atlas/countries-50m.json', import.meta.url)));

// 1. Into the plane, keyed by ISO number, or by name where the data has none.
const lands = new Map();
for (const f of feature(world, world.objects.countries).features) {
  const key = f.id ?? f.properties.name;
  if (key === '010') continue; // Antarctica
  lands.set(key, [...(lands.get(key) ?? []), ...plane.polygons(f)]);
}
const take = (key) => {
  const got = lands.get(key);
  if (!got) throw new Error(`world-atlas has no "${key}": look at its list again and mend places.mjs or areas.mjs`);
  return got;
};

// 2. Split, merge, cut.
for (const { from, key, box: [w, s, e, n] } of splits) {
  const isIn = (p) => {
    const [lon, lat] = plane.unproject(plane.centroid(p[0]));
    return lon > w && lon < e && lat > s && lat < n;
  };
  const out = take(from).filter(isIn);
  if (!out.length) throw new Error(`nothing of "${from}" lies in the box of "${key}"`);
  lands.set(from, take(from).filter((p) => !isIn(p)));
  lands.set(key, [...(lands.get(key) ?? []), ...out]);
}
for (const { key, into } of merges) {
  lands.set(into, polygonClipping.union(take(into), take(key)));
  lands.delete(key);
}
for (const { from, key, ring } of cuts) {
  const region = [[ring.map(plane.project)]];
  const out = polygonClipping.intersection(take(from), region);
  if (!out.length) throw new Error(`nothing of "${from}" lies in the ring of "${key}"`);
  lands.set(from, polygonClipping.difference(take(from), region));
  lands.set(key, lands.has(key) ? polygonClipping.union(take(key), out) : out);
}

// 3. One topology, so that neighbours keep a common border, made coarser together.
const objects = Object.fromEntries([...lands].filter(([, polys]) => polys.length).map(([key, polys]) => [key, { type: 'MultiPolygon', coordinates: polys }]));
const fine = presimplify(topology(objects, 1e6));
const coarse = simplify(fine, detail);
const polysOf = (topo, key) => {
  const g = feature(topo, topo.objects[key]).geometry;
  return g.type === 'Polygon' ? [g.coordinates] : g.coordinates;
};

// 4. Shapes and circles.
const shapes = [];
function add(id, key, cls, name) {
  const full = objects[key] ? polysOf(fine, key) : [];
  let polys = objects[key] ? polysOf(coarse, key).filter((p) => Math.abs(plane.ringArea(p[0])) >= speck) : [];
  const size = plane.area(full);
  const largest = full.reduce((a, b) => (!a || Math.abs(plane.ringArea(b[0])) > Math.abs(plane.ringArea(a[0])) ? b : a), null);
  const point = cls === 'state' && !shapeOnly.includes(id) && (!largest || plane.area([largest]) < small);
  if (!polys.length && !point) polys = [largest];
  const shape = { id, name, class: cls, path: plane.path(polys.flat(), { closed: true }) };
  if (!shape.path && !point) { // too small for tenths: the smallest diamond
    const [x, y] = plane.centroid(largest[0]);
    shape.path = plane.path([[[x, y - 0.4], [x + 0.4, y], [x, y + 0.4], [x - 0.4, y]]], { closed: true });
  }
  if (point) {
    if (!points[id] && !largest) throw new Error(`${id} has neither a shape nor a point: add it to points.mjs`);
    const [x, y] = points[id] ? plane.project(points[id]) : plane.centroid(largest[0]);
    Object.assign(shape, { point: true, x, y });
  }
  if (process.env.VERBOSE && cls !== 'territory' && size < 20) console.log(id, size.toFixed(2), point ? 'circle' : 'shape', polys.length);
  shapes.push(shape);
}
for (const [id, key, name] of states) add(id, key, 'state', name);
for (const [id, key, name] of territories) add(id, key, 'territory', name);
for (const [id, key, name] of areas) add(id, key ?? id, 'disputed', name);

const used = new Set([...states, ...territories].map((p) => p[1]).concat(areas.map(([id, key]) => key ?? id)));
const lost = [...lands].filter(([key, polys]) => !used.has(key) && polys.length).map(([key]) => key);
if (lost.length) throw new Error(`drawn by nobody: ${lost.join(', ')}`);

const circles = shapes.filter((s) => s.point);
const moved = spread(circles, gap);
circles.forEach((s, i) => {
  if (process.env.VERBOSE && moved[i] > 1) console.log(s.id, 'moved by', moved[i].toFixed(1));
  s.x = plane.round(s.x, 10); s.y = plane.round(s.y, 10);
});

// 5. Dashed borders.
const lines = dashed.flatMap(({ a, b, box: [w, s, e, n] }) => {
  const pair = { type: 'GeometryCollection', geometries: [coarse.objects[a], coarse.objects[b]] };
  const found = mesh(coarse, pair, (p, q) => p !== q).coordinates;
  const parts = [];
  for (const line of found) {
    let part = [];
    for (const p of line) {
      const [lon, lat] = plane.unproject(p);
      if (lon >= w && lon <= e && lat >= s && lat <= n) part.push(p);
      else { parts.push(part); part = []; }
    }
    parts.push(part);
  }
  const kept = parts.filter((p) => p.length > 1);
  if (!kept.length) console.warn(`no dashed border between ${a} and ${b} in its box`);
  return kept;
});

const head = {
  width: plane.width, height: plane.height, scale: plane.scale, x: plane.translate[0], y: plane.translate[1], turn: plane.turn,
  frame: plane.path(plane.frame(), { closed: true }), graticule: plane.path(plane.graticule(), { closed: false }), dashed: plane.path(lines, { closed: false }),
};
const text = `${JSON.stringify(head).slice(0, -1)},"shapes":[\n${shapes.map((s) => JSON.stringify(s)).join(',\n')}\n]}\n`;
writeFileSync(new URL('../../internal/worldmap/shapes.json', import.meta.url), text);
console.log(`${shapes.length} shapes, ${circles.length} circles, ${text.length} characters`);
