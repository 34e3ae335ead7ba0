import { beforeEach, inject } from 'vitest';

beforeEach(({ skip }) => skip(inject('engine') === '', 'DynamoDB Local needs Java'));
