import { describe, expect, it } from '@jest/globals';
import { wordsForDoctor } from './doctor.command.js';

describe('the words for the doctor', () => {
  it('are those that were said', () => {
    expect(wordsForDoctor(['--as', 'router'], {})).toEqual(['--as', 'router']);
  });

  it('have the options again which every command takes', () => {
    const url = 'https://endpoint.example/hook';
    expect(wordsForDoctor(['--as', 'router'], { url, json: true })).toEqual(['--url', url, '--as', 'router', '--json']);
  });

  it.each(['nowhere', ''])('have an endpoint as it was written: %j', (url) => {
    expect(wordsForDoctor([], { url })).toEqual(['--url', url]);
  });
});
