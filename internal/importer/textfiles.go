package importer

import "stocktake"

// textFiles are the files of the set instrument-texts that hold a text by article, the instruments that they belong to, and the hashes
// of the edition that is known.
var textFiles = []struct {
	name string
	in   stocktake.InstrumentID
	sum  string
}{
	{"cat", "cat", "e70cf6190709dbad4c532156269a55af433771fdeebce48f8bd3911c65fe793b"},
	{"cedaw", "cedaw", "9ffd970c6a7b94f645ef02fed9e51f7d23538bb789fae0fbdffc0e7f6730f68b"},
	{"crc", "crc", "954cb1b324747a36ecf0a11cadfbe939ae7be4d06856b21de168dc5a56e423d5"},
	{"crpd", "crpd", "b1059ea1bae944438fbe8e0ac6f2cfe4bc624fa4b2530573151fd260660e4c7e"},
	{"gc-ap1", "gc-ap1", "0550444d364e0ce08a4fdc970e7be24fdd4fbf77c78daaf5d6d60e9b90d8b654"},
	{"gc-ap2", "gc-ap2", "9d0126f2b760eca2e9d4cde9c790554e17e563fd6382db61738cb074203431bc"},
	{"gc-i", "gc-i", "ebdd159e49f57986e9aa484b1f1ad39253ae259639d71a3fd2f64c6da2c7b6a6"},
	{"gc-ii", "gc-ii", "cc795ed6ab3958f58c9b7aa2ca976397daf78ea4f421b504454d01c8e69f1d12"},
	{"gc-iii", "gc-iii", "c28e4f377223d0cce4f2f34937976142823a36e8767a2a9b5ce30d8fcde1b72c"},
	{"gc-iv", "gc-iv", "c8846abafc7fcee853a44e83e3b314f402725ea1e61408594f0802548fe75791"},
	{"genocide", "untc-4-1", "4256672ac2582a5225bf72993a00f60d9ac687d461f79cf9ef51b8084f857ba6"},
	{"iccpr-op1", "iccpr-op1", "cb0ca1069b8bdb9a91b24c282a691ea3a3e12da569719a312532471b2825e954"},
	{"iccpr-op2", "iccpr-op2", "5667d4262b850b9cb94979998fc66315ab2fe691c0898d67271a60cbf53d7bea"},
	{"iccpr", "iccpr", "0a5f738173611a90856d08d02721e2ac3f7d9b1e56bed3cc5a4592224840b7f6"},
	{"icerd", "icerd", "2ed9654281519ca219d0ea90d3583ca7dd44250f2f19198a155a4c4d5f42ad90"},
	{"icescr", "icescr", "156739d08f38398fdaccb005af631b26bbff27c572fe71ee5d625f88ac34d8ed"},
	{"icj-statute", "icj-statute", "5997aff4ea3f74d585758d42312d5b4b3d6c6edab8c7165d7c65296ec4ce9e7f"},
	{"op-icescr", "icescr-op", "825d2c7246c25dcad4972a1ac5508fa6e8243ed356c065b1783eb615badd3d9e"},
	{"outer-space", "outer-space", "d48c01c2211d7e9957d2295987809b141e512ec21d6a56a74b65b56a52c9558b"},
	{"refugee", "refugee-convention-1951", "56b83b0263b44af6c7d45372783e81eb5acdc501455d2bdd6951e0d6957ec16d"},
	{"rome-statute", "rome-statute", "71dad3d759545d8937b4394890d01d703104a413e3de95b6421b41f89232ac7a"},
	{"udhr", "udhr", "3e193b336dc148dfc3e146ff4eb2e7f6f8d67ae1ac2789c3f3329c156c024460"},
	{"un-charter", "untc-1-1", "82ddb7d4eb855d6d3dcdfd91ee7017bec93656b56a4adc1ef85faa5eff1f67cd"},
	{"uncac", "untc-18-14", "68e2ae1e0faddbd21197f1c55f581698df6c650d8c4cc48e0df8641efc3a974c"},
	{"unclos", "untc-21-6", "fe22fb2fb7ba2c82b107b09de30504db0c68525819ae1f596d03de91f39917f5"},
	{"vccr", "untc-3-6", "a1f83c4a45d7714b0981635f1584c4c1b67750d7abdf42a540a445a381e843a6"},
	{"vcdr", "untc-3-3", "d53943b1f7bff7398040fc41d2fa6e6bbfdd47a21629473a063cf53ee388d0c3"},
	{"vclt", "untc-23-1", "865a8da99592f752d6a955825d2452de3813a7755cc11c4241baa2700ccf3284"},
}
