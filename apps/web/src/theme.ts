import { createTheme, type CSSVariablesResolver } from '@mantine/core'

export const theme = createTheme({
  primaryColor: 'petrol',
  primaryShade: { light: 8, dark: 8 },
  defaultRadius: 4,
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif',
  fontFamilyMonospace:
    'ui-monospace, "Cascadia Mono", "Noto Sans Mono", "DejaVu Sans Mono", Menlo, monospace',
  fontSizes: { xs: '0.8125rem', sm: '0.875rem', md: '0.9375rem' },
  colors: {
    petrol: [
      '#e4f4f9',
      '#cfe6ee',
      '#a2ccda',
      '#70b1c6',
      '#4a9bb6',
      '#318dac',
      '#1f7f9e',
      '#12708c',
      '#0b5c77',
      '#064a61',
    ],
  },
  components: {
    Button: { defaultProps: { size: 'sm' } },
    Modal: {
      defaultProps: {
        centered: true,
        transitionProps: { duration: 0 },
        // A dialog's `<header>` would be a second banner of the page.
        attributes: { header: { role: 'presentation' } },
      },
    },
  },
})

/** Mantine's own grey and red text does not reach 4.5:1 in either scheme. */
export const colours: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#4d565e',
    '--mantine-color-error': '#a61b1b',
    '--mantine-color-placeholder': '#626b73',
    '--mantine-color-anchor': '#0b5c77',
    '--mantine-color-petrol-text': '#0b5c77',
    '--mantine-color-petrol-outline': '#0b5c77',
    '--mantine-color-body': '#ffffff',
    '--mantine-color-text': '#16191c',
  },
  dark: {
    '--mantine-color-dimmed': '#adb5bc',
    '--mantine-color-error': '#ff9c9c',
    '--mantine-color-placeholder': '#98a1a9',
    '--mantine-color-anchor': '#8fd0e6',
    '--mantine-color-petrol-text': '#8fd0e6',
    '--mantine-color-petrol-outline': '#8fd0e6',
    '--mantine-color-body': '#16191c',
    '--mantine-color-text': '#e6e9ec',
  },
})
