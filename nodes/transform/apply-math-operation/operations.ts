import { EIN, ELLIPTIC_E, ELLIPTIC_K, ERF, ERF_INVERSE, ERFC, ERFC_SCALED } from './special.ts';

/** `a` and `b` stand for the value and the second argument, each an expression of kit/expression. */
export interface Operation {
  readonly title: string;
  /** True: takes a second argument. */
  readonly second: boolean;
  expression(a: string, b: string): string;
}

const one = (title: string, pattern: string): Operation => ({ title, second: false, expression: (a) => fill(pattern, a, '') });
const two = (title: string, pattern: string): Operation => ({ title, second: true, expression: (a, b) => fill(pattern, a, b) });
const fill = (pattern: string, a: string, b: string): string => pattern.replaceAll(/[AB]/g, (letter) => (letter === 'A' ? a : b));

const DEGREE = String(Math.PI / 180);

const TAU_QUARTER = String(Math.PI / 2);
const COTANGENT_ANGLE = `if(A = 0, ${TAU_QUARTER}, atan(1 / A))`;
const TANH = 'sign(A) * (1 - 2 / (exp(2 * abs(A)) + 1))';
/** 2^(n/2 + (1 − cos πn)/4) · π^((cos πn − 1)/4) · Γ(n/2 + 1), which is n!! for whole numbers. */
const DOUBLE_FACTORIAL = `2 ^ (A / 2 + (1 - cos(${Math.PI} * A)) / 4) * ${Math.PI} ^ ((cos(${Math.PI} * A) - 1) / 4) * gamma(A / 2 + 1)`;
const ANGLE = `if(B > 0, atan(A / B), if(B < 0, atan(A / B) + if(A < 0, -${Math.PI}, ${Math.PI}), sign(A) * ${TAU_QUARTER})) + 0 * A * B`;

/** The power of 2 at or below the size of A, by that next to it, times 2^−52. */
const NEAREST_POWER = `round(ln(abs(A)) / ${Math.LN2})`;
const EPS = `2 ^ (${NEAREST_POWER} - if(abs(A) < 2 ^ ${NEAREST_POWER}, 53, 52))`;

/** The operations by category and by the name that result headers carry, in the order of the menus. */
export const OPERATIONS = {
  basic: {
    Abs: one('Absolute value', 'abs(A)'),
    Atan2: two('Angle of a point (value up, second argument right)', ANGLE),
    Conj: one('Complex conjugate', 'A + 0'),
    CubeRoot: one('Cube root', 'sign(A) * abs(A) ^ (1 / 3)'),
    DoubleFactorial: one('Double factorial', DOUBLE_FACTORIAL),
    Eps: one('Distance to the next number of 64 bits', EPS),
    Exp: one('Exponential', 'exp(A)'),
    Exp2: one('Power of 2', '2 ^ A'),
    ExpMinus1: one('Exponential minus 1', 'exp(A) - 1'),
    Factorial: one('Factorial', 'if(A >= 0, gamma(A + 1), missing)'),
    Hypotenuse: two('Hypotenuse', 'sqrt(A ^ 2 + B ^ 2)'),
    ImaginaryPart: one('Imaginary part', '0 * A'),
    Ln: one('Natural logarithm', 'ln(A)'),
    LnPlus1: one('Natural logarithm of 1 more', 'ln(A + 1)'),
    Log: two('Logarithm to a base', 'ln(A) / ln(B)'),
    Log10: one('Logarithm to base 10', 'log10(A)'),
    Log2: one('Logarithm to base 2', `ln(A) / ${Math.LN2}`),
    NthRoot: two('Root of a degree', 'A ^ (1 / B)'),
    Pow: two('Power', 'A ^ B'),
    RealPart: one('Real part', 'A + 0'),
    Sqrt: one('Square root', 'sqrt(A)'),
    SqrtPi: one('Square root of π times', `sqrt(${Math.PI} * A)`),
    Square: one('Square', 'A ^ 2'),
  },
  compare: {
    EqualTo: two('Equal to', 'A = B'),
    GreaterThan: two('Greater than', 'A > B'),
    GreaterThanOrEqualTo: two('Greater than or equal to', 'A >= B'),
    LessThan: two('Less than', 'A < B'),
    LessThanOrEqualTo: two('Less than or equal to', 'A <= B'),
    NotEqualTo: two('Not equal to', 'A != B'),
    PairMax: two('Larger of both', 'max(A, B)'),
    PairMin: two('Smaller of both', 'min(A, B)'),
  },
  operations: {
    Add: two('Add', 'A + B'),
    Divide: two('Divide', 'A / B'),
    Multiply: two('Multiply', 'A * B'),
    Subtract: two('Subtract', 'A - B'),
  },
  rounding: {
    Ceiling: one('Ceiling', 'ceil(A)'),
    CeilingPower2: one('Ceiling to a power of 2', `sign(A) * 2 ^ ceil(ln(abs(A)) / ${Math.LN2})`),
    Floor: one('Floor', 'floor(A)'),
    Mod: two('Modulo (sign of the divisor)', 'A - B * floor(A / B)'),
    Quotient: two('Whole quotient', 'sign(A / B) * floor(abs(A / B))'),
    Remainder: two('Remainder (sign of the dividend)', 'A % B'),
    RoundDigits: two('Round to digits', 'round(A * 10 ^ B) / 10 ^ B'),
    RoundDown: two('Round down to digits', 'sign(A) * floor(abs(A) * 10 ^ B) / 10 ^ B'),
    RoundUp: two('Round up to digits', 'sign(A) * ceil(abs(A) * 10 ^ B) / 10 ^ B'),
    ToEven: one('To an even number', 'sign(A) * ceil(abs(A) / 2) * 2'),
    ToOdd: one('To an odd number', 'if(A < 0, -1, 1) * (floor(abs(A) / 2) * 2 + 1)'),
    Truncate: one('Truncate', 'sign(A) * floor(abs(A))'),
  },
  special: {
    Beta: two('Beta function', 'if(A > 0 and B > 0, exp(gammaLn(A) + gammaLn(B) - gammaLn(A + B)), missing)'),
    EllipticIntegralE: one('Complete elliptic integral E of the parameter m', ELLIPTIC_E),
    EllipticIntegralK: one('Complete elliptic integral K of the parameter m', ELLIPTIC_K),
    Erf: one('Error function', ERF),
    Erfc: one('Complementary error function', ERFC),
    ErfInverse: one('Inverse error function', ERF_INVERSE),
    ErfScaled: one('Scaled complementary error function', ERFC_SCALED),
    ExponentialIntegralEin: one('Exponential integral Ein, not below 0', EIN),
    Gamma: one('Gamma function', 'gamma(A)'),
    GammaLn: one('Logarithm of the gamma function', 'gammaLn(A)'),
    GammaRegularizedP: two('Lower incomplete gamma function over the whole one (second argument: the shape)', 'gammaP(B, A)'),
    GammaRegularizedQ: two('Upper incomplete gamma function over the whole one (second argument: the shape)', 'gammaQ(B, A)'),
    PolyGamma: two('Polygamma function of an order', 'polyGamma(B, A)'),
  },
  trigonometric: {
    Sin: one('Sine', 'sin(A)'),
    Cos: one('Cosine', 'cos(A)'),
    Tan: one('Tangent', 'tan(A)'),
    Cot: one('Cotangent', 'cos(A) / sin(A)'),
    Sec: one('Secant', '1 / cos(A)'),
    Csc: one('Cosecant', '1 / sin(A)'),
    Sech: one('Hyperbolic secant', '2 / (exp(A) + exp(-A))'),
    Csch: one('Hyperbolic cosecant', '2 / (exp(A) - exp(-A))'),
    Coth: one('Hyperbolic cotangent', `1 / (${TANH})`),
    ASin: one('Inverse sine', 'asin(A)'),
    ACos: one('Inverse cosine', 'acos(A)'),
    ATan: one('Inverse tangent', 'atan(A)'),
    ACot: one('Inverse cotangent', COTANGENT_ANGLE),
    ASec: one('Inverse secant', 'acos(1 / A)'),
    ACsc: one('Inverse cosecant', 'asin(1 / A)'),
    Sinh: one('Hyperbolic sine', '(exp(A) - exp(-A)) / 2'),
    Cosh: one('Hyperbolic cosine', '(exp(A) + exp(-A)) / 2'),
    Tanh: one('Hyperbolic tangent', TANH),
    ASinh: one('Inverse hyperbolic sine', 'sign(A) * ln(abs(A) + sqrt(A ^ 2 + 1))'),
    ACosh: one('Inverse hyperbolic cosine', 'if(A >= 1, ln(A + sqrt(A ^ 2 - 1)), missing)'),
    ATanh: one('Inverse hyperbolic tangent', 'ln((1 + A) / (1 - A)) / 2'),
    ACoth: one('Inverse hyperbolic cotangent', 'ln((A + 1) / (A - 1)) / 2'),
    ASech: one('Inverse hyperbolic secant', 'if(A > 0, ln(1 / A + sqrt(1 / A ^ 2 - 1)), missing)'),
    ACsch: one('Inverse hyperbolic cosecant', 'sign(A) * ln(1 / abs(A) + sqrt(1 / A ^ 2 + 1))'),
    SinDegrees: one('Sine of degrees', `sin(A * ${DEGREE})`),
    CosDegrees: one('Cosine of degrees', `cos(A * ${DEGREE})`),
    TanDegrees: one('Tangent of degrees', `tan(A * ${DEGREE})`),
    CotDegrees: one('Cotangent of degrees', `cos(A * ${DEGREE}) / sin(A * ${DEGREE})`),
    SecDegrees: one('Secant of degrees', `1 / cos(A * ${DEGREE})`),
    CscDegrees: one('Cosecant of degrees', `1 / sin(A * ${DEGREE})`),
    ASinDegrees: one('Inverse sine in degrees', `asin(A) / ${DEGREE}`),
    ACosDegrees: one('Inverse cosine in degrees', `acos(A) / ${DEGREE}`),
    ATanDegrees: one('Inverse tangent in degrees', `atan(A) / ${DEGREE}`),
    ACotDegrees: one('Inverse cotangent in degrees', `(${COTANGENT_ANGLE}) / ${DEGREE}`),
    ASecDegrees: one('Inverse secant in degrees', `acos(1 / A) / ${DEGREE}`),
    ACscDegrees: one('Inverse cosecant in degrees', `asin(1 / A) / ${DEGREE}`),
    Sinc: one('Sine over its angle', 'if(A = 0, 1, sin(A) / A)'),
    Sign: one('Sign', 'sign(A)'),
    DegreesToRadians: one('Degrees to radians', `A * ${DEGREE}`),
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Operation>>>>;
export type OperationCategory = keyof typeof OPERATIONS;

export function findOperation(category: OperationCategory, name: string): Operation | undefined {
  return new Map<string, Operation>(Object.entries(OPERATIONS[category])).get(name);
}
export const titlesOf = (category: OperationCategory): Record<string, string> =>
  Object.fromEntries(Object.entries<Operation>(OPERATIONS[category]).map(([name, { title }]) => [name, title]));
