/** Functions that neither DuckDB nor ONNX has, as expressions of A by published approximations, each with its source and error. */

/** c0 + x · (c1 + x · (…)). */
const polynomial = (coefficients: readonly number[], x: string): string =>
  coefficients.slice(0, -1).reduceRight((rest, coefficient) => `(${coefficient} + ${x} * ${rest})`, String(coefficients.at(-1)));

/** Press et al., Numerical Recipes, §6.2: erfc by a Chebyshev fit, to 1.2e-7 of its value everywhere. */
const T = '(1 / (1 + 0.5 * abs(A)))';
const SERIES = polynomial([-1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223, 0.17087277], T);
const ERFC_OF_SIZE = `(${T} * exp(-(A ^ 2) + ${SERIES}))`;
export const ERF = `sign(A) * (1 - ${ERFC_OF_SIZE})`;
export const ERFC = `if(A < 0, 2 - ${ERFC_OF_SIZE}, ${ERFC_OF_SIZE})`;
/** exp(A²) · erfc(A), which stays finite where erfc vanishes. */
const SCALED_OF_SIZE = `(${T} * exp(${SERIES}))`;
export const ERFC_SCALED = `if(A < 0, 2 * exp(A ^ 2) - ${SCALED_OF_SIZE}, ${SCALED_OF_SIZE})`;

/** Giles, Approximating the erfinv function (GPU Computing Gems, 2011), single precision: to 5e-7 of its value. */
const W = '-ln((1 - A) * (1 + A))';
const MIDDLE = polynomial(
  [1.50140941, 0.246640727, -0.00417768164, -0.00125372503, 0.00021858087, -4.39150654e-6, -3.5233877e-6, 3.43273939e-7, 2.81022636e-8],
  `(${W} - 2.5)`,
);
const TAIL = polynomial(
  [2.83297682, 1.00167406, 0.00943887047, -0.0076224613, 0.00573950773, -0.00367342844, 0.00134934322, 0.000100950558, -0.000200214257],
  `(sqrt(${W}) - 3)`,
);
export const ERF_INVERSE = `A * if(${W} < 5, ${MIDDLE}, ${TAIL})`;

/** Abramowitz & Stegun 17.3.34 and 17.3.36: complete elliptic integrals of the parameter m = k² from 0 to below 1, to 2e-8. */
const REST = '(1 - A)';
const withLogarithm = (plain: readonly number[], logarithmic: readonly number[]): string =>
  `${polynomial(plain, REST)} - ${polynomial(logarithmic, REST)} * ln(${REST})`;
const inRange = (expression: string): string => `if(A >= 0 and A < 1, ${expression}, missing)`;
export const ELLIPTIC_K = inRange(
  withLogarithm([1.38629436112, 0.09666344259, 0.03590092383, 0.03742563713, 0.01451196212], [0.5, 0.12498593597, 0.06880248576, 0.03328355346, 0.00441787012]),
);
export const ELLIPTIC_E = `if(A = 1, 1, ${inRange(
  withLogarithm([1, 0.44325141463, 0.0626060122, 0.04757383546, 0.01736506451], [0, 0.2499836831, 0.09200180037, 0.04069697526, 0.00526449639]),
)})`;

/** Abramowitz & Stegun 5.1.53 and 5.1.56: Ein(x) = E1(x) + ln(x) + γ, the integral of (1 − exp(−t)) / t from 0 to x, to 2e-7; only from 0 on. */
const EULER = 0.5772156649015329;
const NEAR = `A * ${polynomial([0.99999193, -0.24991055, 0.05519968, -0.00976004, 0.00107857], 'A')}`;
const FRACTION = `${polynomial([0.2677737343, 8.6347608925, 18.059016973, 8.5733287401, 1], 'A')} / ${polynomial([3.9584969228, 21.0996530827, 25.6329561486, 9.5733223454, 1], 'A')}`;
export const EIN = `if(A < 0, missing, if(A <= 1, ${NEAR}, ${FRACTION} / A * exp(-A) + ln(A) + ${EULER}))`;
