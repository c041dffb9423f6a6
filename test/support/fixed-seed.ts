import fc from 'fast-check';

/** Random cases are the same each time, so that no change is refused for what another one did; MODELWRIGHT_TEST_SEED tries others. */
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(process.env.MODELWRIGHT_TEST_SEED ?? 1) });
