// Where the circle of a small state stands: [longitude, latitude] of its capital, to a tenth of a degree or so, typed from
// general geography. They serve states of many islands, whose middle would lie in the sea, and those that world-atlas
// 50m lacks (TUV). All other small states take the middle of their largest polygon.
export const points = {
  ATG: [-61.85, 17.12],
  BHS: [-77.35, 25.06],
  COK: [-159.78, -21.21],
  COM: [43.26, -11.7],
  CPV: [-23.51, 14.93],
  FSM: [158.16, 6.92],
  KIR: [172.98, 1.33],
  KNA: [-62.72, 17.3],
  MDV: [73.51, 4.18],
  MHL: [171.38, 7.09],
  MUS: [57.5, -20.16],
  NRU: [166.92, -0.53],
  PLW: [134.62, 7.5],
  STP: [6.73, 0.34],
  SYC: [55.45, -4.62],
  TTO: [-61.51, 10.66],
  TON: [-175.2, -21.14],
  TUV: [179.2, -8.52], // not in world-atlas 50m: Funafuti
  VAT: [12.45, 41.9],
  VUT: [168.32, -17.74],
  VCT: [-61.23, 13.16],
  WSM: [-171.77, -13.83],
};
