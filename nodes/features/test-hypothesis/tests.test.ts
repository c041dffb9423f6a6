import { describe, expect, it } from 'vitest';
import { chiSquaredUpper, logGamma, normalUpper, studentQuantile, studentUpper } from '../distributions.ts';
import reference from './reference.json' with { type: 'json' };
import { chiSquared, mannWhitney, oneSample, paired, twoSamples, type Finding } from './tests.ts';

const near = (found: number, wanted: number, what = '') =>
  expect(Math.abs(found - wanted), `${what}: ${found}, wanted ${wanted}`).toBeLessThanOrEqual(1e-9 * Math.abs(wanted) + 1e-300);
const asked = { alternative: 'two-sided', confidence: 0.95 } as const;
const [a, b] = [Float64Array.from(reference.a), Float64Array.from(reference.b)];

describe('distributions equal those of SciPy', () => {
  it('Student', () => {
    for (const [t, freedom, p] of reference.t) near(studentUpper(t!, freedom!), p!, `t ${t}, ${freedom}`);
    for (const [p, freedom, t] of reference.quantile) near(studentQuantile(p!, freedom!), t!, `quantile ${p}, ${freedom}`);
  });
  it('χ² and normal', () => {
    for (const [x, freedom, p] of reference.chi2) near(chiSquaredUpper(x!, freedom!), p!, `χ² ${x}, ${freedom}`);
    for (const [z, p] of reference.normal) near(normalUpper(z!), p!, `z ${z}`);
  });
  it('the gamma function of whole numbers is a factorial', () => near(logGamma(11), Math.log(3_628_800)));
});

describe('tests equal those of SciPy', () => {
  const same = (found: Finding, wanted: Partial<Finding>) => {
    for (const [key, value] of Object.entries(wanted)) near(found[key as keyof Finding], value, key);
  };
  it('of means', () => {
    same(oneSample(a, 5, asked), reference.oneSample);
    same(twoSamples(a, b, false, asked), reference.welch);
    same(twoSamples(a, b, true, asked), reference.pooled);
    same(paired(a.slice(0, 5), b, asked), reference.paired);
    near(twoSamples(a, b, false, { ...asked, alternative: 'greater' }).p, reference.greater);
  });
  it('of ranks and counts', () => {
    const { less, ...both } = reference.mannWhitney;
    same(mannWhitney(a, b, 'two-sided'), both);
    near(mannWhitney(a, b, 'less').p, less);
    same(chiSquared(reference.table), reference.chiSquared);
  });
  it('nothing varies: no finding rather than a wrong one', () => {
    const same7 = Float64Array.of(7, 7, 7);
    expect(twoSamples(same7, same7, false, asked).p).toBeNaN();
    expect(oneSample(same7, 0, asked).p).toBeNaN();
    expect(mannWhitney(same7, same7, 'two-sided').p).toBeNaN();
  });
});
