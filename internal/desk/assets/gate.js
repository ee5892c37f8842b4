// Does the work that keeps machines away from a public form: a number is sought with which SHA-256 of ticket, colon and number begins with so
// many zero bits. Without it the form can be sent too, some time after it was opened.
(() => {
	const form = document.querySelector("form[data-ticket]");
	if (!form) return;
	const says = document.getElementById("working");
	const bits = Number(form.dataset.bits);
	const k = [], h0 = [];
	for (let n = 2, c = 0; c < 64; n++) {
		let prime = true;
		for (let d = 2; d * d <= n; d++) if (n % d === 0) { prime = false; break; }
		if (!prime) continue;
		const part = (x) => ((x - Math.floor(x)) * 4294967296) | 0;
		if (c < 8) h0.push(part(Math.sqrt(n)));
		k.push(part(Math.cbrt(n)));
		c++;
	}
	const w = new Int32Array(64);
	// first returns the first 32 bits of SHA-256 of an ASCII text.
	const first = (text) => {
		const length = text.length, blocks = ((length + 8) >> 6) + 1, m = new Int32Array(blocks * 16);
		for (let i = 0; i < length; i++) m[i >> 2] |= text.charCodeAt(i) << (24 - (i & 3) * 8);
		m[length >> 2] |= 0x80 << (24 - (length & 3) * 8);
		m[blocks * 16 - 1] = length * 8;
		const h = h0.slice();
		for (let at = 0; at < m.length; at += 16) {
			for (let i = 0; i < 64; i++) {
				if (i < 16) { w[i] = m[at + i]; continue; }
				const x = w[i - 15], y = w[i - 2];
				w[i] = (w[i - 16] + ((x >>> 7 | x << 25) ^ (x >>> 18 | x << 14) ^ (x >>> 3)) + w[i - 7] + ((y >>> 17 | y << 15) ^ (y >>> 19 | y << 13) ^ (y >>> 10))) | 0;
			}
			let [a, b, c, d, e, f, g, j] = h;
			for (let i = 0; i < 64; i++) {
				const t1 = (j + ((e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7)) + ((e & f) ^ (~e & g)) + k[i] + w[i]) | 0;
				const t2 = (((a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^ (a >>> 22 | a << 10)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
				j = g; g = f; f = e; e = (d + t1) | 0; d = c; c = b; b = a; a = (t1 + t2) | 0;
			}
			[a, b, c, d, e, f, g, j].forEach((v, i) => { h[i] = (h[i] + v) | 0; });
		}
		return h[0];
	};
	let n = 0, found = false, wanted = false, button = null;
	const work = () => {
		for (const end = Date.now() + 30; Date.now() < end; n++) {
			if (bits === 0 || Math.clz32(first(form.dataset.ticket + ":" + n)) >= bits) {
				form.elements.nonce.value = String(n);
				found = true;
				says.textContent = "";
				if (wanted) form.requestSubmit(button);
				return;
			}
		}
		setTimeout(work, 5);
	};
	form.addEventListener("submit", (e) => {
		if (found) return;
		e.preventDefault();
		wanted = true;
		button = e.submitter;
		says.textContent = "One moment; it is sent by itself.";
	});
	work();
})();
