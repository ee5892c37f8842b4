// Areas whose status is disputed, or that UN bodies keep apart from the state that administers them. They are drawn
// neutrally: no standing of any state colours them. The note on each stands in internal/worldmap/areas.go.
// Ids in the range XAA..XXZ are free for private use in ISO 3166-1; XKX is widely used for Kosovo, the rest are ours.

// areas: [id, key in world-atlas (ISO numeric, or the name where the data has no id), name], or key null where cuts below make it.
export const areas = [
  ['ESH', '732', 'Western Sahara'],
  ['FLK', '238', 'Falkland Islands (Malvinas)'],
  ['IOT', '086', 'Chagos Archipelago'],
  ['MYT', '175', 'Mayotte'],
  ['SGS', '239', 'South Georgia and the South Sandwich Islands'],
  ['TWN', '158', 'Taiwan'],
  ['XAB', null, 'Abyei'],
  ['XCR', null, 'Crimea'],
  ['XGO', null, 'Golan'],
  ['XJK', 'Siachen Glacier', 'Siachen Glacier'],
  ['XKX', 'Kosovo', 'Kosovo'],
  ['XNC', 'N. Cyprus', 'Northern part of Cyprus'],
];

// splits take far-off polygons out of a feature: those whose centre lies in the box [west, south, east, north] get the new key.
export const splits = [
  { from: '250', key: '254', box: [-55, 2, -51, 6] }, // French Guiana
  { from: '250', key: '312', box: [-62, 15.8, -61, 16.6] }, // Guadeloupe
  { from: '250', key: '474', box: [-61.3, 14.3, -60.7, 15] }, // Martinique
  { from: '250', key: '638', box: [55, -21.5, 56, -20.5] }, // Réunion
  { from: '250', key: '175', box: [44.9, -13.1, 45.4, -12.5] }, // Mayotte
  { from: '578', key: '744', box: [-10, 70.8, -7, 71.3] }, // Jan Mayen
  { from: '578', key: '744', box: [10, 74, 35, 81] }, // Svalbard with Bear Island
  { from: '528', key: '535', box: [-69, 11.9, -67.9, 12.5] }, // Bonaire
  { from: '528', key: '535', box: [-63.5, 17.3, -62.8, 17.8] }, // Saba, Sint Eustatius
  { from: '554', key: '772', box: [-173, -10, -171, -8] }, // Tokelau
  { from: 'Indian Ocean Ter.', key: '162', box: [105, -11, 106, -10] }, // Christmas Island
  { from: 'Indian Ocean Ter.', key: '166', box: [96, -13, 97.5, -11] }, // Cocos (Keeling) Islands
  // Natural Earth draws lines of control, so it has Crimea in Russia, as a polygon of its own.
  { from: '643', key: 'XCR', box: [33.3, 44.9, 35, 46] },
];

// merges: features drawn as part of another.
export const merges = [
  { key: 'Somaliland', into: '706' }, // UN maps draw Somalia whole
];

// cuts move what lies inside a ring of [longitude, latitude] from one feature to another.
export const cuts = [
  // Natural Earth gives Western Sahara only east of the berm. UN maps draw it up to the parallel 27°40'N.
  { from: '504', key: '732', ring: box(-18, 20, -8, 27 + 40 / 60) },
  // Golan: east of the upper Jordan and Lake Tiberias. The eastern side is Israel's edge in Natural Earth.
  { from: '376', key: 'XGO', ring: [[35.63, 33.5], [36.2, 33.5], [36.2, 32.6], [35.68, 32.69], [35.65, 32.8], [35.63, 32.89], [35.62, 33.1], [35.63, 33.25]] },
  // Abyei: the limits drawn by the Permanent Court of Arbitration (Abyei Arbitration, Final Award, 22 July 2009):
  // 10°10'N between 27°50'E and 29°00'E, south to the boundary of 1956, which is Sudan's edge in Natural Earth.
  { from: '729', key: 'XAB', ring: box(27 + 50 / 60, 8, 29, 10 + 10 / 60) },
];

// dashed: borders between the two keys drawn as dashed lines, as far as they lie in the box.
export const dashed = [
  { a: '356', b: '586', box: [70, 32.4, 79, 38] }, // Jammu and Kashmir: line of control
  { a: '356', b: 'Siachen Glacier', box: [70, 30, 80, 40] },
  { a: '586', b: 'Siachen Glacier', box: [70, 30, 80, 40] },
  { a: '356', b: '156', box: [77, 32.4, 81, 36.5] }, // Aksai Chin
  { a: '356', b: '156', box: [91.4, 26, 98, 31] }, // eastern sector
  { a: '729', b: '728', box: [20, 5, 40, 15] }, // Sudan and South Sudan: no final boundary yet
  { a: 'XAB', b: '728', box: [20, 5, 40, 15] },
  { a: 'XAB', b: '729', box: [20, 5, 40, 15] },
  { a: '504', b: '732', box: [-20, 20, -5, 30] },
];

function box(w, s, e, n) {
  return [[w, s], [e, s], [e, n], [w, n]];
}
