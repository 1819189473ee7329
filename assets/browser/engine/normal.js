/**
 * Below which number does a share p of the normal distribution lie? The rational functions of `ndtri` in Cephes
 * (Moshier 1984-2000), which `torch.special.ndtri` computes too.
 */

const SQRT_2PI = 2.5066282746310007
const TAIL = 0.1353352832366127
const MIDDLE = [
    [-59.96335010141079, 98.00107541859997, -56.67628574690703, 13.931260938727968, -1.2391658386738125],
    [
        1, 1.9544885833814176, 4.676279128988815, 86.36024213908905, -225.46268785411937, 200.26021238006066,
        -82.03722561683334, 15.90562251262117, -1.1833162112133,
    ],
]
const NEAR = [
    [
        4.0554489230596245, 31.525109459989388, 57.16281922464213, 44.08050738932008, 14.684956192885803,
        2.1866330685079025, -0.1402560791713545, -0.03504246268278482, -0.0008574567851546854,
    ],
    [
        1, 15.779988325646675, 45.39076351288792, 41.3172038254672, 15.04253856929075, 2.504649462083094,
        -0.14218292285478779, -0.03808064076915783, -0.0009332594808954574,
    ],
]
const FAR = [
    [
        3.2377489177694603, 6.915228890689842, 3.9388102529247444, 1.3330346081580755, 0.20148538954917908,
        1.2371663481782003e-2, 0.00030158155350823543, 2.6580697468673755e-6, 6.2397453918498364e-9,
    ],
    [
        1, 6.02427039364742, 3.6798356385616087, 1.3770209948908132, 0.21623699359449663, 0.013420400608854318,
        0.00032801446468212774, 2.8924786474538068e-6, 6.790194080099813e-9,
    ],
]

/** @param {number} x @param {number[]} coefficients the highest power first */
const polynomial = (x, coefficients) => coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0)

/** @param {number} x @param {number[][]} parts */
const ratio = (x, [above, below]) => polynomial(x, above) / polynomial(x, below)

/** @param {number} p between 0 and 1 */
export function normalBelow(p) {
    const upper = p > 1 - TAIL
    const tail = upper ? 1 - p : p
    if (tail > TAIL) {
        const y = tail - 0.5
        return (y + y * y * y * ratio(y * y, MIDDLE)) * SQRT_2PI
    }
    const x = Math.sqrt(-2 * Math.log(tail))
    const value = x - Math.log(x) / x - ratio(1 / x, x < 8 ? NEAR : FAR) / x
    return upper ? value : -value
}
