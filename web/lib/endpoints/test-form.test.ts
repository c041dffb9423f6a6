import { describe, expect, it } from 'vitest';
import type { SignatureInput } from '#nodes/kit/signature.ts';
import { fieldError, fieldHint, fieldText, fieldValue, LEFT_OUT } from './test-form.svelte.ts';

const tenure: SignatureInput = { name: 'tenure', type: 'integer', required: true, minimum: 0, maximum: 72 };
const charges: SignatureInput = { name: 'total_charges', type: 'number', required: false, example: 1397.475 };
const contract: SignatureInput = { name: 'contract', type: 'category', required: false, levels: ['Month-to-month', 'One year', 'Two year'] };
const partner: SignatureInput = { name: 'partner', type: 'boolean', required: true };

describe('fields of the test form', () => {
  it('sends numbers as numbers and booleans as booleans', () => {
    expect(fieldValue(tenure, '2')).toBe(2);
    expect(fieldValue(partner, 'true')).toBe(true);
    expect(fieldValue(contract, 'One year')).toBe('One year');
  });

  it('leaves out what is empty', () => {
    expect(fieldValue(charges, '')).toBeUndefined();
    expect(fieldValue(contract, LEFT_OUT)).toBeUndefined();
    expect(fieldText(contract, null)).toBe(LEFT_OUT);
  });

  it('says what is wrong at the field', () => {
    expect(fieldError(tenure, '')).toBe('Needed');
    expect(fieldError(tenure, 'two')).toBe('Not a number');
    expect(fieldError(tenure, '2.5')).toBe('Not a whole number');
    expect(fieldError(charges, '')).toBeNull();
    expect(fieldError(partner, LEFT_OUT)).toBe('Needed');
  });

  it('hints at the range and at what may be left out', () => {
    expect(fieldHint(tenure)).toBe('0 – 72');
    expect(fieldHint(charges)).toBe('optional');
    expect(fieldHint(contract)).toBe('3 values, optional');
  });
});
