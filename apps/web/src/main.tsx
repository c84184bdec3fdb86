import { styleNonce } from './before.ts'
import '@mantine/core/styles.css'
import './app.css'
import { MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { queryClient } from './api/query.ts'
import { App } from './App.tsx'
import { ClockProvider } from './parts/clock.tsx'
import { colours, theme } from './theme.ts'

const root = document.getElementById('root')
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={colours}
        getStyleNonce={() => styleNonce}
        defaultColorScheme="auto"
      >
        <QueryClientProvider client={queryClient}>
          <ClockProvider>
            <App />
          </ClockProvider>
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  )
}
