import { defineCases } from '../../kit/define.ts';
import type { Learner } from '../../kit/kinds.ts';
import { tableOf } from '../../kit/table.ts';
import { trainModel } from './node.ts';

const linear: Learner = { learner: 'linear-regression', task: 'regression', params: { l2: 0 } };
const logistic: Learner = { learner: 'two-class-logistic-regression', task: 'two-class', params: { l1: 0 } };
const boosted: Learner = { learner: 'two-class-boosted-decision-tree', task: 'two-class', params: { minimumSamples: 1, trees: 3 } };
const line = tableOf({ x: [1, 2, 3, 4, null], y: [3, 5, 7, 9, 5] });
const people = tableOf({ age: [20, 30, 40, 50, 60, 70], city: ['Oslo', 'Rome', 'Oslo', 'Rome', 'Oslo', 'Rome'], left: ['no', 'no', 'no', 'yes', 'yes', null] });

export const cases = defineCases(trainModel, [
  {
    name: 'a line through points; a missing number becomes the mean',
    params: { label: 'y' },
    inputs: { learner: linear, data: line },
    expect: {
      outputs: {
        model: {
          signature: {
            kind: 'model',
            task: 'regression',
            inputs: [{ name: 'x', type: 'number', required: false, minimum: 1, maximum: 4, example: 2 }],
            label: { name: 'y', type: 'number' },
            rowCount: 5,
          },
          summary: { learner: 'linear-regression', rowCount: 5 },
        },
      },
    },
  },
  {
    name: 'two classes; rows without a label are ignored, the last level is the positive class',
    params: { label: 'left' },
    inputs: { learner: logistic, data: people },
    expect: { outputs: { model: { signature: { task: 'two-class', label: { name: 'left', type: 'category', levels: ['no', 'yes'] }, rowCount: 5 } } } },
  },
  {
    name: 'the label role names the label',
    inputs: { learner: boosted, data: tableOf({ age: [20, 30, 40, 50], left: [false, false, true, true] }, { left: { role: 'label' } }) },
    expect: {
      outputs: { model: { signature: { label: { name: 'left', type: 'boolean', levels: ['false', 'true'] }, learner: 'two-class-boosted-decision-tree' } } },
    },
  },
  {
    name: 'validation rows that lack a column',
    params: { label: 'y' },
    inputs: { learner: linear, data: line, validation: tableOf({ y: [1, 2] }) },
    expect: { issue: 'column_missing' },
  },
  {
    name: 'validation rows prepared in another way',
    params: { label: 'y' },
    inputs: { learner: linear, data: line, validation: tableOf({ x: ['one', 'two'], y: [1, 2] }) },
    expect: { issue: 'schema_differs' },
  },
  {
    name: 'an algorithm that learns without a label',
    params: { label: 'y' },
    inputs: { learner: { learner: 'k-means-clustering', task: 'clustering', params: {} }, data: line },
    expect: { issue: 'learner_wrong_task' },
  },
  { name: 'no label', inputs: { learner: logistic, data: people }, expect: { issue: 'label_missing' } },
  { name: 'a label that is not there', params: { label: 'gone' }, inputs: { learner: logistic, data: people }, expect: { issue: 'column_missing' } },
  { name: 'a text label for a regression', params: { label: 'left' }, inputs: { learner: linear, data: people }, expect: { issue: 'label_not_numeric' } },
  {
    name: 'a date to classify',
    params: { label: 'day' },
    inputs: { learner: logistic, data: tableOf({ x: [1, 2], day: [0, 1] }, { day: { type: 'datetime' } }) },
    expect: { issue: 'learner_wrong_task' },
  },
  {
    name: 'one class only',
    params: { label: 'left' },
    inputs: { learner: logistic, data: tableOf({ age: [1, 2], left: ['no', 'no'] }) },
    expect: { issue: 'label_one_class' },
  },
  {
    name: 'three classes',
    params: { label: 'left' },
    inputs: { learner: boosted, data: tableOf({ age: [1, 2, 3], left: ['a', 'b', 'c'] }) },
    expect: { issue: 'label_not_two_classes' },
  },
  { name: 'nothing but the label', params: { label: 'y' }, inputs: { learner: linear, data: tableOf({ y: [1, 2] }) }, expect: { issue: 'features_none' } },
  {
    name: 'only constant features',
    params: { label: 'y' },
    inputs: { learner: linear, data: tableOf({ x: [1, 1], y: [1, 2] }) },
    expect: { issue: 'features_none' },
  },
  { name: 'no rows', params: { label: 'y' }, inputs: { learner: linear, data: tableOf({ x: [], y: [] }) }, expect: { issue: 'rows_none' } },
  {
    name: 'no label in any row',
    params: { label: 'y' },
    inputs: { learner: linear, data: tableOf({ x: [1, 2], y: [null, null] }, { y: { type: 'number' } }) },
    expect: { issue: 'rows_all_missing' },
  },
  {
    name: 'text with too many values',
    params: { label: 'y' },
    inputs: {
      learner: linear,
      data: tableOf(
        { name: Array.from({ length: 101 }, (_, index) => `person ${index}`), y: Array.from({ length: 101 }, (_, index) => index) },
        { name: { type: 'text' } },
      ),
    },
    expect: { issue: 'column_too_many_levels' },
  },
]);
