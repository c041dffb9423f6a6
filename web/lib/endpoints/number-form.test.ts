import { describe, expect, it } from 'vitest';
import { DEPLOYMENT_NUMBERS, REQUEST_LOG_NUMBERS, ROLLBACK_NUMBERS } from './endpoint-settings.ts';
import { NumberForm, numberError, standardWords } from './number-form.svelte.ts';
import { autoRollbackSettings, DEPLOYMENT_DEFAULTS, deploymentSettings, ENDPOINT_DEFAULTS, requestLogSettings } from '#server/serving/endpoint-settings.ts';

describe('numbers of settings', () => {
  it('show what the server takes without a choice', () => {
    expect(new NumberForm(DEPLOYMENT_NUMBERS).values).toEqual(DEPLOYMENT_DEFAULTS);
    const { enabled: _, ...rollback } = ENDPOINT_DEFAULTS.autoRollback;
    expect(new NumberForm(ROLLBACK_NUMBERS).values).toEqual(rollback);
    const { masked: __, ...log } = ENDPOINT_DEFAULTS.requestLog;
    expect(new NumberForm(REQUEST_LOG_NUMBERS).values).toEqual(log);
  });

  it('take what the server takes, to the bounds, and nothing beyond', () => {
    for (const [settings, schema] of [
      [DEPLOYMENT_NUMBERS, deploymentSettings],
      [ROLLBACK_NUMBERS, autoRollbackSettings],
      [REQUEST_LOG_NUMBERS, requestLogSettings],
    ] as const) {
      for (const each of settings) {
        const accepts = (value: number): boolean => schema.partial().safeParse({ [each.name]: value * (each.factor ?? 1) }).success;
        expect([each.name, accepts(each.minimum), accepts(each.maximum), accepts(each.maximum + 1)]).toEqual([each.name, true, true, false]);
        expect(numberError(each, String(each.maximum + 1))).not.toBeNull();
      }
    }
  });

  it('read percent as shares and an empty field as its meaning', () => {
    const form = new NumberForm(ROLLBACK_NUMBERS, { errorRate: 0.07, p95Milliseconds: 40, windowSeconds: 60, minimumRequests: 20 });
    expect([form.texts.errorRate, form.changed]).toEqual(['7', false]);
    form.texts.p95Milliseconds = '';
    form.texts.errorRate = '2.5';
    expect([form.valid, form.changed, form.values.p95Milliseconds, form.values.errorRate]).toEqual([true, true, null, 0.025]);
    form.texts.windowSeconds = '1.5';
    expect(form.errors).toEqual({ windowSeconds: 'Not a whole number' });
    expect(standardWords(ROLLBACK_NUMBERS[1]!)).toBe('default: not looked at');
  });
});
