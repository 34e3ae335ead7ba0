import fc from 'fast-check';

/**
 * One seed for all property tests, so that a change is judged by its own faults, and the same run gives the same answer everywhere.
 * `PROPERTY_SEED=random` takes a new seed for each property, which the failure names; a number takes that one.
 * @see https://fast-check.dev/docs/configuration/global-settings/
 */
const seed = process.env.PROPERTY_SEED ?? '20261121';
if (seed !== 'random') fc.configureGlobal({ seed: Number(seed) });
