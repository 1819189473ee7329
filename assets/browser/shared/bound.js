/**
 * How far may a number of this page be from PyTorch's? Rounding explains so much, in proportion where a value is larger
 * than 1. It is PyTorch's own: in float32 its c of `counter` is 1e-05 from float64, and that of the page, whose sums are
 * in double, 1e-06.
 */

export const BOUND = 2e-5
