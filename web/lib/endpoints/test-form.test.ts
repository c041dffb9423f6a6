import { describe, expect, it } from 'vitest';
import type { SignatureInput } from '#nodes/kit/signature.ts';
import { fieldError, fieldHint, fieldText, fieldValue, LEFT_OUT, TestForm } from './test-form.svelte.ts';

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

describe('the test form', () => {
  const rows = [
    { tenure: 2, total_charges: null, contract: 'One year', partner: true },
    { tenure: 40, total_charges: 99.5, contract: null, partner: false },
  ];
  const form = (): TestForm => new TestForm({ input: [tenure, charges, contract, partner], sample: rows[0]!, samples: rows });

  it('fills in one sample row after the other', () => {
    const test = form();
    expect([test.sampleCount, test.row]).toEqual([2, { tenure: 2, contract: 'One year', partner: true }]);
    test.nextSample();
    expect(test.row).toEqual({ tenure: 40, total_charges: 99.5, partner: false });
    test.nextSample();
    expect(test.row.tenure).toBe(2);
  });

  it('takes what was written as JSON back into the fields', () => {
    const test = form();
    test.show('json');
    expect(JSON.parse(test.json)).toEqual([test.row]);
    test.json = '{"rows": [{"tenure": 7, "partner": false}]}';
    test.show('form');
    expect(test.row).toEqual({ tenure: 7, partner: false });
    test.show('json');
    test.json = '[{';
    expect(test.jsonError).toMatch(/^Not JSON: /);
  });

  it('shows what the server refused at the field until it is changed', () => {
    const test = form();
    expect(test.refuse('Row 0, column "tenure": expected a number, got "two".')).toBe(true);
    expect(test.errors).toEqual({ tenure: 'Expected a number, got "two".' });
    test.texts.tenure = '3';
    expect(test.errors).toEqual({});
    expect([test.refuse('Too many requests wait.'), test.refuse('Row 0 lacks the column "age".')]).toEqual([false, false]);
  });
});
