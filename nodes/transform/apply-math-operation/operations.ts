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

/** Numerical Recipes, §6.2: the complementary error function by a Chebyshev fit, to 1.2e-7 of its value everywhere. */
const COEFFICIENTS = [-1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223, 0.17087277];
const T = '(1 / (1 + 0.5 * abs(A)))';
const SERIES = COEFFICIENTS.slice(0, -1).reduceRight((rest, coefficient) => `(${coefficient} + ${T} * ${rest})`, String(COEFFICIENTS.at(-1)));
const ERFC_OF_SIZE = `(${T} * exp(-(A ^ 2) + ${SERIES}))`;
const DEGREE = String(Math.PI / 180);

/** The operations by category and by the name that result headers carry, in the order of the menus. */
export const OPERATIONS = {
  basic: {
    Abs: one('Absolute value', 'abs(A)'),
    CubeRoot: one('Cube root', 'sign(A) * abs(A) ^ (1 / 3)'),
    Exp: one('Exponential', 'exp(A)'),
    Exp2: one('Power of 2', '2 ^ A'),
    ExpMinus1: one('Exponential minus 1', 'exp(A) - 1'),
    Hypotenuse: two('Hypotenuse', 'sqrt(A ^ 2 + B ^ 2)'),
    Ln: one('Natural logarithm', 'ln(A)'),
    LnPlus1: one('Natural logarithm of 1 more', 'ln(A + 1)'),
    Log: two('Logarithm to a base', 'ln(A) / ln(B)'),
    Log10: one('Logarithm to base 10', 'log10(A)'),
    Log2: one('Logarithm to base 2', `ln(A) / ${Math.LN2}`),
    NthRoot: two('Root of a degree', 'A ^ (1 / B)'),
    Pow: two('Power', 'A ^ B'),
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
    Erf: one('Error function', `sign(A) * (1 - ${ERFC_OF_SIZE})`),
    Erfc: one('Complementary error function', `if(A < 0, 2 - ${ERFC_OF_SIZE}, ${ERFC_OF_SIZE})`),
    Gamma: one('Gamma function', 'gamma(A)'),
    GammaLn: one('Logarithm of the gamma function', 'gammaLn(A)'),
  },
  trigonometric: {
    Sin: one('Sine', 'sin(A)'),
    Cos: one('Cosine', 'cos(A)'),
    Tan: one('Tangent', 'tan(A)'),
    Cot: one('Cotangent', 'cos(A) / sin(A)'),
    Sec: one('Secant', '1 / cos(A)'),
    Csc: one('Cosecant', '1 / sin(A)'),
    ASin: one('Inverse sine', 'asin(A)'),
    ACos: one('Inverse cosine', 'acos(A)'),
    ATan: one('Inverse tangent', 'atan(A)'),
    Sinh: one('Hyperbolic sine', '(exp(A) - exp(-A)) / 2'),
    Cosh: one('Hyperbolic cosine', '(exp(A) + exp(-A)) / 2'),
    Tanh: one('Hyperbolic tangent', 'sign(A) * (1 - 2 / (exp(2 * abs(A)) + 1))'),
    ASinh: one('Inverse hyperbolic sine', 'sign(A) * ln(abs(A) + sqrt(A ^ 2 + 1))'),
    ACosh: one('Inverse hyperbolic cosine', 'if(A >= 1, ln(A + sqrt(A ^ 2 - 1)), missing)'),
    ATanh: one('Inverse hyperbolic tangent', 'ln((1 + A) / (1 - A)) / 2'),
    SinDegrees: one('Sine of degrees', `sin(A * ${DEGREE})`),
    CosDegrees: one('Cosine of degrees', `cos(A * ${DEGREE})`),
    TanDegrees: one('Tangent of degrees', `tan(A * ${DEGREE})`),
    ASinDegrees: one('Inverse sine in degrees', `asin(A) / ${DEGREE}`),
    ACosDegrees: one('Inverse cosine in degrees', `acos(A) / ${DEGREE}`),
    ATanDegrees: one('Inverse tangent in degrees', `atan(A) / ${DEGREE}`),
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
