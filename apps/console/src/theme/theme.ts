import { createTheme, type CSSVariablesResolver } from '@mantine/core';

export const theme = createTheme({
  primaryColor: 'indigo',
  primaryShade: { light: 8, dark: 8 },
  defaultRadius: 'md',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace',
  headings: { fontWeight: '650' },
  cursorType: 'pointer',
  respectReducedMotion: true,
});

/** The library's softest greys miss the contrast of 4.5 : 1 that small text needs. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#5c636a',
    '--mantine-color-placeholder': '#6b7278',
    '--mantine-color-error': 'var(--mantine-color-red-9)',
    '--mantine-color-indigo-light-color': '#2b3f9e',
    '--mantine-color-green-light-color': '#186429',
    '--mantine-color-yellow-light-color': '#7a4a00',
    '--mantine-color-orange-light-color': '#8a3300',
    '--mantine-color-body': '#ffffff',
    '--console-canvas': '#f6f7f9',
    '--console-good': '#2b8a3e',
    '--console-bad': '#c92a2a',
    '--console-none': '#ced4da',
    '--console-accent': '#3b5bdb',
  },
  dark: {
    '--mantine-color-dimmed': '#a8adb3',
    '--mantine-color-placeholder': '#9aa0a6',
    '--mantine-color-error': 'var(--mantine-color-red-4)',
    '--mantine-color-anchor': 'var(--mantine-color-indigo-3)',
    '--console-canvas': '#1a1b1e',
    '--console-good': '#51cf66',
    '--console-bad': '#ff8787',
    '--console-none': '#495057',
    '--console-accent': '#91a7ff',
  },
});
