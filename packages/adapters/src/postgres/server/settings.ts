/**
 * The server's settings, as words of its command line, where nothing in the data folder overrides
 * them. The first group is what a promise of ours rests on.
 */
export function settings(socketFolder: string): readonly string[] {
  const values = {
    fsync: 'on',
    full_page_writes: 'on',
    synchronous_commit: 'on',
    // A crash ends the whole server, so that the supervisor sees it and reads why.
    restart_after_crash: 'off',
    data_sync_retry: 'off',
    listen_addresses: '',
    unix_socket_directories: socketFolder,
    unix_socket_permissions: '0770',
    port: '5432',

    max_connections: '100',
    shared_buffers: '64MB',
    max_wal_size: '512MB',
    // The outbox turns over all the time; its dead rows are what each batch has to step over.
    autovacuum_naptime: '5s',
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_destination: 'stderr',
    logging_collector: 'off',
    log_min_messages: 'warning',
    log_line_prefix: '%m [%p] ',
    // Values of a failed statement may be what the log must not hold.
    log_min_error_statement: 'panic',
    log_parameter_max_length_on_error: '0',
  }
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}
