// From the sphere to the plane, and what is done there: rings, areas, paths.
import { geoEqualEarthRaw, geoProjection, geoStream } from 'd3-geo';

export const width = 1000;
export const south = -60; // the frame ends here; nothing but Antarctica lies beyond
export const turn = 11.5; // degrees east in the middle, so that the edge runs through Bering Strait and parts no land
const margin = 2;
const rad = Math.PI / 180;

export const scale = round((width - 2 * margin) / (2 * geoEqualEarthRaw(Math.PI, 0)[0]), 1e4);
const top = geoEqualEarthRaw(0, 90 * rad)[1] * scale;
const bottom = geoEqualEarthRaw(0, south * rad)[1] * scale;
export const height = Math.ceil(top - bottom + 2 * margin);
export const translate = [width / 2, round(top + margin, 1e4)];

const projection = geoProjection(geoEqualEarthRaw).rotate([-turn, 0]).scale(scale).translate(translate).precision(0);

export function round(n, per) {
  return Math.round(n * per) / per;
}

// project gives the place of a [longitude, latitude] on the map, and unproject the way back.
export const project = (p) => projection(p);
export const unproject = (p) => projection.invert(p);

// rings projects a GeoJSON feature and gives its rings, closed, as the antimeridian clipping leaves them.
function rings(feature) {
  const all = [];
  let line = null;
  geoStream(feature, projection.stream({
    point: (x, y) => line?.push([x, y]),
    lineStart: () => { line = []; },
    lineEnd: () => { if (line.length > 2) all.push([...line, line[0]]); line = null; },
    polygonStart() {}, polygonEnd() {}, sphere() {},
  }));
  return all;
}

// ringArea is positive for rings that run clockwise on the screen, as the outer rings of world-atlas do.
export function ringArea(r) {
  let sum = 0;
  for (let i = 0, j = r.length - 1; i < r.length; j = i++) sum += r[j][0] * r[i][1] - r[i][0] * r[j][1];
  return sum / 2;
}

export function inside(r, [x, y]) {
  let is = false;
  for (let i = 0, j = r.length - 1; i < r.length; j = i++) {
    if (r[i][1] > y !== r[j][1] > y && x < ((r[j][0] - r[i][0]) * (y - r[i][1])) / (r[j][1] - r[i][1]) + r[i][0]) is = !is;
  }
  return is;
}

export function centroid(r) {
  let x = 0, y = 0, a = 0;
  for (let i = 0, j = r.length - 1; i < r.length; j = i++) {
    const c = r[j][0] * r[i][1] - r[i][0] * r[j][1];
    x += (r[j][0] + r[i][0]) * c; y += (r[j][1] + r[i][1]) * c; a += 3 * c;
  }
  return a ? [x / a, y / a] : r[0];
}

// polygons projects a feature into the plane: a list of polygons, each an outer ring and its holes.
export function polygons(feature) {
  const all = rings(feature);
  const outer = all.filter((r) => ringArea(r) > 0).map((r) => [r]);
  for (const hole of all.filter((r) => ringArea(r) < 0)) {
    const home = outer.find(([o]) => inside(o, hole[0]) || inside(o, hole[1]));
    if (!home) throw new Error(`${feature.properties.name}: a hole lies in none of its polygons`);
    home.push(hole);
  }
  return outer;
}

export const area = (polys) => polys.reduce((sum, p) => sum + p.reduce((s, r, i) => s + (i ? -1 : 1) * Math.abs(ringArea(r)), 0), 0);

const num = (tenths) => {
  const s = (tenths / 10).toString();
  return s.replace(/^(-?)0\./, '$1.');
};

// path writes lines as SVG: absolute start, then relative steps, in tenths of a unit. Rings are closed with z.
export function path(lines, { closed }) {
  let d = '';
  for (const line of lines) {
    const at = line.map(([x, y]) => [Math.round(x * 10), Math.round(y * 10)]).filter((p, i, all) => !i || p[0] !== all[i - 1][0] || p[1] !== all[i - 1][1]);
    if (closed && at.length > 1 && at[0][0] === at.at(-1)[0] && at[0][1] === at.at(-1)[1]) at.pop();
    if (at.length < (closed ? 3 : 2)) continue;
    d += `M${num(at[0][0])},${num(at[0][1])}l`;
    for (let i = 1; i < at.length; i++) {
      const [dx, dy] = [num(at[i][0] - at[i - 1][0]), num(at[i][1] - at[i - 1][1])];
      d += (i > 1 && dx[0] !== '-' ? ' ' : '') + dx + (dy[0] === '-' ? '' : ',') + dy;
    }
    if (closed) d += 'z';
  }
  return d;
}

// frame is the outline of the globe down to the parallel where the map ends; graticule its meridians and parallels.
export function frame() {
  const side = (sign) => Array.from({ length: (90 - south) / 2 + 1 }, (_, i) => {
    const [x, y] = geoEqualEarthRaw(sign * Math.PI, (90 - 2 * i) * rad);
    return [translate[0] + x * scale, translate[1] - y * scale];
  });
  return [[...side(1), ...side(-1).reverse()]];
}

export function graticule() {
  const lines = [];
  for (let lon = -180; lon < 180; lon += 30) {
    lines.push(Array.from({ length: (90 - south) / 5 + 1 }, (_, i) => project([lon, 90 - 5 * i])));
  }
  for (let lat = -30; lat <= 60; lat += 30) lines.push([project([turn - 179.999, lat]), project([turn + 179.999, lat])]);
  return lines;
}
