import type { MissingRight } from './refuse.js'

/** What of a built-in module of Node stays in a plugin's process. */
export type Allowed =
  | 'all'
  | { readonly only: readonly string[] }
  | { readonly without: readonly string[] }
  /** All of it with the permission, nothing without. */
  | { readonly with: 'network' | 'childProcesses' }

const reads = ['access', 'lstat', 'opendir', 'readFile', 'readdir', 'readlink', 'realpath', 'stat', 'statfs']

/**
 * The built-in modules that plugins may use, and what of them. **What is not listed is closed**, also what later
 * versions of Node bring. Nothing that is open may write to disk, reach another process, change V8's or Node's own
 * switches, or run native code.
 */
export const allowedBuiltins: Readonly<Record<string, Allowed>> = {
  assert: 'all',
  'assert/strict': 'all',
  async_hooks: { only: ['AsyncLocalStorage', 'AsyncResource', 'executionAsyncId', 'triggerAsyncId'] },
  buffer: 'all',
  console: 'all',
  constants: 'all',
  // Engines and providers are native code.
  crypto: { without: ['setEngine', 'setFips'] },
  diagnostics_channel: 'all',
  domain: 'all',
  events: 'all',
  fs: {
    only: [
      ...reads.flatMap((name) => [name, `${name}Sync`]),
      ...['exists', 'existsSync', 'open', 'openSync', 'openAsBlob', 'close', 'closeSync', 'fstat', 'fstatSync'],
      ...['read', 'readSync', 'readv', 'readvSync', 'createReadStream', 'ReadStream', 'FileReadStream'],
      // To descriptors that are open: what a plugin prints.
      ...['write', 'writeSync', 'writev', 'writevSync'],
      ...['watch', 'watchFile', 'unwatchFile', 'promises', 'constants', 'Dir', 'Dirent', 'Stats'],
      ...['F_OK', 'R_OK', 'W_OK', 'X_OK', '_toUnixTimestamp'],
    ],
  },
  'fs/promises': { only: [...reads, 'open', 'watch', 'constants'] },
  module: {
    only: [
      ...['Module', 'SourceMap', 'builtinModules', 'constants', 'createRequire', 'findPackageJSON', 'findSourceMap'],
      ...['globalPaths', 'isBuiltin', 'runMain', 'stripTypeScriptTypes', 'syncBuiltinESMExports', 'wrap', 'wrapper'],
      // The loader of CommonJS calls itself by these.
      ...['_cache', '_debug', '_extensions', '_findPath', '_initPaths', '_load', '_nodeModulePaths', '_pathCache'],
      ...['_preloadModules', '_readPackage', '_resolveFilename', '_resolveLookupPaths', '_stat'],
    ],
  },
  os: {
    only: [
      ...['EOL', 'arch', 'availableParallelism', 'constants', 'cpus', 'devNull', 'endianness', 'freemem'],
      ...['getPriority', 'homedir', 'hostname', 'loadavg', 'machine', 'networkInterfaces', 'platform', 'release'],
      ...['tmpdir', 'totalmem', 'type', 'uptime', 'userInfo', 'version'],
    ],
  },
  path: 'all',
  'path/posix': 'all',
  'path/win32': 'all',
  perf_hooks: 'all',
  // Its own list; see close-process.ts.
  process: 'all',
  punycode: 'all',
  querystring: 'all',
  readline: 'all',
  'readline/promises': 'all',
  stream: 'all',
  'stream/consumers': 'all',
  'stream/promises': 'all',
  'stream/web': 'all',
  _stream_duplex: 'all',
  _stream_passthrough: 'all',
  _stream_readable: 'all',
  _stream_transform: 'all',
  _stream_writable: 'all',
  string_decoder: 'all',
  sys: 'all',
  timers: 'all',
  'timers/promises': 'all',
  tty: { only: ['isatty'] },
  url: 'all',
  util: 'all',
  'util/types': 'all',
  // `setFlagsFromString` with a logging flag writes any file, past Node's permission model.
  v8: {
    only: [
      ...['DefaultDeserializer', 'DefaultSerializer', 'Deserializer', 'Serializer', 'deserialize', 'serialize'],
      ...['cachedDataVersionTag', 'getHeapCodeStatistics', 'getHeapSpaceStatistics', 'getHeapStatistics'],
    ],
  },
  vm: 'all',
  zlib: 'all',
  ...Object.fromEntries(
    [
      ...['_http_agent', '_http_client', '_http_common', '_http_incoming', '_http_outgoing', '_http_server'],
      ...['_stream_wrap', '_tls_common', '_tls_wrap', 'dgram', 'dns', 'dns/promises', 'http', 'http2', 'https'],
      ...['net', 'tls'],
    ].map((name) => [name, { with: 'network' }] as const),
  ),
  child_process: { with: 'childProcesses' },
  cluster: { with: 'childProcesses' },
  worker_threads: { with: 'childProcesses' },
}

/** What is missing to whoever uses something of a module that is closed; for the message. */
export function missingRightFor(module: string): MissingRight {
  const allowed = Object.hasOwn(allowedBuiltins, module) ? allowedBuiltins[module] : undefined
  if (typeof allowed === 'object' && 'with' in allowed) return allowed.with === 'network' ? 'Network' : 'ChildProcess'
  return module === 'fs' || module === 'fs/promises' ? 'FileSystemWrite' : 'Builtin'
}
