import { describe, expect, it } from 'vitest';
import { readMappingSettings } from '../../../local/event-source-mapping/settings.ts';

describe('the settings of a stream event', () => {
  it('are what the framework would deploy when nothing is said', () => {
    expect(readMappingSettings({})).toMatchObject({
      batchSize: 10,
      batchWindowMs: 0,
      parallelizationFactor: 1,
      startingPosition: 'TRIM_HORIZON',
      maximumRetryAttempts: -1,
      maximumRecordAgeMs: -1,
      bisectBatchOnFunctionError: false,
      reportBatchItemFailures: false,
      filterPatterns: [],
    });
  });

  it('come in milliseconds where serverless.yml has seconds', () => {
    const settings = readMappingSettings({ batchWindow: 5, maximumRecordAgeInSeconds: 21_600 });
    expect(settings).toMatchObject({ batchWindowMs: 5_000, maximumRecordAgeMs: 21_600_000 });
  });

  it('take over every setting that is given', () => {
    const given = {
      batchSize: 100,
      parallelizationFactor: 10,
      startingPosition: 'LATEST',
      maximumRetryAttempts: 0,
      bisectBatchOnFunctionError: true,
      filterPatterns: [{ eventName: ['INSERT'] }],
    };
    const settings = readMappingSettings({ ...given, functionResponseType: 'ReportBatchItemFailures' });
    expect(settings).toMatchObject({ ...given, reportBatchItemFailures: true });
  });

  it('leave the age without a limit at -1', () => {
    expect(readMappingSettings({ maximumRecordAgeInSeconds: -1 }).maximumRecordAgeMs).toBe(-1);
  });

  it.each([
    ['batchSize', 0],
    ['batchSize', 10_001],
    ['batchSize', 1.5],
    ['batchWindow', -1],
    ['batchWindow', 301],
    ['parallelizationFactor', 0],
    ['parallelizationFactor', 11],
    ['startingPosition', 'AT_TIMESTAMP'],
    ['maximumRetryAttempts', -2],
    ['maximumRetryAttempts', 10_001],
    ['maximumRecordAgeInSeconds', 59],
    ['maximumRecordAgeInSeconds', 604_801],
    ['bisectBatchOnFunctionError', 'yes'],
    ['functionResponseType', 'ReportEverything'],
    ['filterPatterns', 'INSERT'],
    ['filterPatterns', Array.from({ length: 6 }, () => ({ eventName: ['INSERT'] }))],
    ['tumblingWindowInSeconds', 901],
    ['enabled', 'no'],
    ['destinations', { onFailure: 'arn:aws:sqs:eu-central-1:000000000000:queue' }],
  ])('name %s when it is %j', (setting, value) => {
    expect(() => readMappingSettings({ [setting]: value })).toThrow(new RegExp(`\\b${setting}:`));
  });

  it.each([
    ['batchSize', 10_000],
    ['batchWindow', 300],
    ['parallelizationFactor', 10],
    ['maximumRetryAttempts', 10_000],
    ['maximumRecordAgeInSeconds', 60],
    ['maximumRecordAgeInSeconds', 604_800],
    ['tumblingWindowInSeconds', 900],
  ])('accept %s up to the limit of Lambda: %j', (setting, value) => {
    expect(() => readMappingSettings({ [setting]: value })).not.toThrow();
  });

  it('name all faults at once', () => {
    expect(() => readMappingSettings({ batchSize: 0, batchWindow: 999 })).toThrow(/batchSize: .*; batchWindow: /);
  });

  it('refuse a tumbling window with several lanes, because its state is that of a shard', () => {
    expect(() => readMappingSettings({ tumblingWindowInSeconds: 30, parallelizationFactor: 2 })).toThrow(
      'parallelizationFactor: must be 1 here with a tumbling window',
    );
    expect(readMappingSettings({ tumblingWindowInSeconds: 0, parallelizationFactor: 2 }).tumblingWindowMs).toBe(0);
  });
});
