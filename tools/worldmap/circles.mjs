// Circles of small states are moved apart where they would lie on one another, each as little as it takes.

// spread moves points ({x, y}) until no two are nearer than gap, pulling each back towards where it came from. No chance in it.
export function spread(points, gap) {
  const home = points.map(({ x, y }) => ({ x, y }));
  for (let step = 0; step < 400; step++) {
    const pull = Math.max(0, 0.02 * (1 - step / 300)); // the last steps only part
    points.forEach((p, i) => { p.x += (home[i].x - p.x) * pull; p.y += (home[i].y - p.y) * pull; });
    for (let i = 0; i < points.length; i++) {
      for (let j = i + 1; j < points.length; j++) {
        const a = points[i], b = points[j];
        const dx = b.x - a.x || 0.01, dy = b.y - a.y, far = Math.hypot(dx, dy);
        if (far >= gap) continue;
        const by = (gap - far) / far / 2;
        a.x -= dx * by; a.y -= dy * by; b.x += dx * by; b.y += dy * by;
      }
    }
  }
  return points.map((p, i) => Math.hypot(p.x - home[i].x, p.y - home[i].y));
}
