/** One way out of a plugin's process, as the body of an async function; it may throw. */
export interface EscapeAttempt {
  readonly how: string
  /**
   * Sees `outside` (a folder it may not touch), `marker` (what it would write), `victim` (the id of a process), `port`
   * (a free one), `own` (its own folder) and `load` (`process.getBuiltinModule` or the like).
   */
  readonly body: string
  /** What the permission `network` is for: nothing to refuse with it. */
  readonly isNetwork?: true
}

const attempt = (how: string, body: string): EscapeAttempt => ({ how, body })

/** V8's logging writes a file of the plugin's choice; every way to the function counts. */
const v8Flags = [
  ['import', "(await import('node:v8'))"],
  ['import without node:', "(await import('v8'))"],
  ['the default export', "(await import('node:v8')).default"],
  ['require', "createRequire(import.meta.url)('v8')"],
  ['getBuiltinModule', "process.getBuiltinModule('v8')"],
  ['Module._load', "Module._load('node:v8')"],
  ['a CommonJS file', "createRequire(import.meta.url)('./asks.cjs')"],
  ['code of a vm context', "vm.runInNewContext('load()', { load: () => createRequire(import.meta.url)('v8') })"],
  [
    'dynamic import in a vm script',
    "await new vm.Script(`import('node:v8')`, { importModuleDynamically: vm.constants?.USE_MAIN_CONTEXT_DEFAULT_LOADER ?? (() => import('node:v8')) }).runInThisContext()",
  ],
  [
    "a descriptor's value",
    "{ setFlagsFromString: Object.getOwnPropertyDescriptor(createRequire(import.meta.url)('v8'), 'setFlagsFromString').value }",
  ],
  [
    'setting it back',
    "(() => { const v8 = createRequire(import.meta.url)('v8'); try { delete v8.setFlagsFromString } catch {} syncBuiltinESMExports(); return v8 })()",
  ],
] as const

const useV8 = `
  const file = outside + '/v8.log'
  for (const flags of ['--logfile=' + file, '--log', '--trace-turbo', '--trace-turbo-path=' + outside, '--trace-turbo-cfg-file=' + file, '--redirect-code-traces-to=' + file, '--redirect-code-traces', '--print-code', '--code-comments'])
    v8.setFlagsFromString(flags)
  const hot = new Function('n', 'let ' + marker + ' = 0; for (let i = 0; i < n; i++) ' + marker + ' += i * 2; return ' + marker)
  for (let i = 0; i < 3000; i++) hot(1000)
  await new Promise((r) => setTimeout(r, 300))
`

const functionOf = (module: string, call: string): string => `const it = await import('${module}'); ${call}`

/** Every way out that was found or thought of; none may leave a trace on the machine. */
export const escapeAttempts: readonly EscapeAttempt[] = [
  ...v8Flags.map(([how, get]) => attempt(`V8's flags by ${how}`, `const v8 = ${get}; ${useV8}`)),
  // Heap snapshots, reports and other files that Node writes by itself.
  attempt('v8.writeHeapSnapshot', functionOf('v8', "it.writeHeapSnapshot(outside + '/x.heapsnapshot')")),
  attempt(
    'v8.setHeapSnapshotNearHeapLimit',
    "process.env.NODE_DIAGNOSTIC_DIR = outside; (await import('v8')).setHeapSnapshotNearHeapLimit(1); const all = []; for (let i = 0; i < 50; i++) all.push(new Array(1e6).fill(i + .5))",
  ),
  attempt('v8.startupSnapshot', functionOf('v8', 'it.startupSnapshot.addSerializeCallback(() => {})')),
  attempt('v8.takeCoverage', "process.env.NODE_V8_COVERAGE = outside; (await import('v8')).takeCoverage()"),
  attempt('process.report.writeReport', "process.report.writeReport(outside + '/report.json')"),
  attempt(
    'process.report on an uncaught exception',
    "const { report } = process; report.directory = outside; report.filename = 'report.json'; report.reportOnUncaughtException = true; report.reportOnFatalError = true; setImmediate(() => { throw new Error('now') }); await new Promise((r) => setTimeout(r, 200))",
  ),
  attempt(
    'process.report on a signal',
    "const { report } = process; report.directory = outside; report.reportOnSignal = true; report.signal = 'SIGUSR2'; process.kill(process.pid, 'SIGUSR2'); await new Promise((r) => setTimeout(r, 200))",
  ),
  attempt('a dump of its memory (process.abort)', 'try { process.chdir(outside) } catch {} process.abort()'),
  attempt(
    'trace events',
    "try { process.chdir(outside) } catch {} (await import('node:trace_events')).createTracing({ categories: ['node', 'v8'] }).enable(); await new Promise((r) => setTimeout(r, 300))",
  ),
  attempt(
    'the inspector',
    functionOf(
      'node:inspector',
      'it.open(port, "127.0.0.1"); if (it.url() !== undefined) throw new Error("escaped: a port")',
    ),
  ),
  attempt(
    'an inspector session',
    functionOf(
      'node:inspector',
      "const s = new it.Session(); s.connect(); s.post('NodeTracing.start', { traceConfig: { includedCategories: ['v8'] } }); s.post('HeapProfiler.takeHeapSnapshot')",
    ),
  ),
  attempt(
    'process._debugProcess',
    'process._debugProcess(victim); process._debugProcess(process.pid); await new Promise((r) => setTimeout(r, 200))',
  ),
  attempt(
    'the compile cache',
    "const m = await import('node:module'); m.enableCompileCache(outside + '/cache'); await import(own + '/other.mjs'); m.flushCompileCache()",
  ),
  attempt(
    'warnings redirected to a file',
    "process.env.NODE_REDIRECT_WARNINGS = outside + '/warnings'; process.env.NODE_OPTIONS = '--redirect-warnings=' + outside + '/warnings'; process.emitWarning(marker); await new Promise((r) => setTimeout(r, 100))",
  ),
  // The file system itself.
  ...['fs', 'fs/promises'].map((module) =>
    attempt(
      `every function of ${module}`,
      `const it = await import('${module}')
       for (const name of ['writeFile', 'appendFile', 'mkdir', 'mkdtemp', 'rm', 'unlink', 'rmdir', 'truncate', 'chmod', 'lchmod', 'chown', 'lchown', 'utimes', 'lutimes'])
         for (const suffix of ['', 'Sync'])
           for (const path of [outside + '/made', outside + '/kept.txt', Buffer.from(outside + '/made'), pathToFileURL(outside + '/made')])
             try { const done = it[name + suffix]?.(path, name.endsWith('chmod') ? 0o777 : marker, () => {}); await done } catch {}
       for (const name of ['copyFile', 'cp', 'rename', 'link', 'symlink'])
         for (const suffix of ['', 'Sync'])
           try { await it[name + suffix]?.(own + '/package.json', outside + '/' + name, () => {}) } catch {}
       for (const flags of ['w', 'a', 'r+', 'wx', 1, 2, 3, 0o101, 0o1001, 0o2001, 0o20000100])
         try { it.openSync?.(outside + '/opened', flags) } catch {}
       await new Promise((r) => setTimeout(r, 50))`,
    ),
  ),
  attempt(
    'writing through streams of fs',
    "for (const make of [() => fs.createWriteStream(outside + '/s'), () => new fs.WriteStream(outside + '/s'), () => fs.createReadStream(outside + '/s', { flags: 'w' }), () => new fs.Utf8Stream({ dest: outside + '/s' })]) try { const s = make(); s.on('error', () => {}); s.write?.(marker) } catch {} await new Promise((r) => setTimeout(r, 100))",
  ),
  attempt(
    'changing its own files through descriptors opened for reading',
    "const f = own + '/package.json'; const fd = fs.openSync(f, 'r'); for (const go of [() => fs.fchmodSync(fd, 0o777), () => fs.futimesSync(fd, 1, 1), () => fs.ftruncateSync(fd, 0), () => fs.writeSync(fd, marker)]) try { go() } catch {} const h = await fs.promises.open(f); for (const go of [() => h.chmod(0o777), () => h.utimes(1, 1), () => h.truncate(0), () => h.writeFile(marker)]) try { await go() } catch {}",
  ),
  attempt(
    'file handles found by their constructor',
    "const h = await fs.promises.open(own + '/package.json'); const P = Object.getPrototypeOf(h); for (const name of Object.getOwnPropertyNames(P)) if (/chmod|chown|utimes|truncate|write|append/i.test(name)) try { await P[name].call(h, name === 'utimes' ? 1 : 0o777, 1) } catch {}",
  ),
  attempt(
    'watching without end of a changed descriptor',
    'for (let fd = 3; fd < 40; fd++) try { fs.ftruncateSync(fd, 0) } catch {}',
  ),
  attempt('node:sqlite', functionOf('node:sqlite', "new it.DatabaseSync(outside + '/db').exec('create table t (a)')")),
  attempt('node:wasi', functionOf('node:wasi', "new it.WASI({ version: 'preview1', preopens: { '/': outside } })")),
  attempt('local storage', "globalThis.localStorage.setItem('a', marker)"),
  attempt(
    'the history of a REPL',
    functionOf(
      'node:repl',
      "it.start({ prompt: '' }).setupHistory(outside + '/history', () => {}); await new Promise((r) => setTimeout(r, 200))",
    ),
  ),
  attempt(
    'snapshots of node:test',
    "const t = await import('node:test'); await t.default('x', (c) => { c.assert?.snapshot?.(marker) }); t.run?.({ files: [own + '/other.mjs'] })",
  ),
  // Unix sockets are files.
  attempt(
    'the handle behind standard input',
    "for (const s of [process.stdin, process.stdout, process.stderr]) { const P = s._handle?.constructor; if (!P) continue; const p = new P(1); try { p.bind(outside + '/socket') } catch {} try { p.listen(1) } catch {} } await new Promise((r) => setTimeout(r, 100))",
  ),
  attempt(
    'listening on a local socket',
    "(await import('node:net')).createServer().on('error', () => {}).listen(outside + '/socket'); await new Promise((r) => setTimeout(r, 100))",
  ),
  attempt(
    'the sockets behind standard input',
    "const S = process.stdin.constructor; const s = new S(); s.on('error', () => {}); s.connect(outside + '/socket'); await new Promise((r) => setTimeout(r, 100))",
  ),
  attempt(
    'handles that Node lists',
    "for (const h of [...process._getActiveHandles(), ...process._getActiveRequests()]) { const P = h._handle?.constructor; new P(1).bind(outside + '/socket') }",
  ),
  attempt(
    'handles shown by async hooks',
    "const seen = []; (await import('node:async_hooks')).createHook({ init: (i, t, g, r) => seen.push(r) }).enable(); console.log('x'); await new Promise((r) => setTimeout(r, 50)); for (const r of seen) try { new (r.handle ?? r).constructor(1).bind(outside + '/socket') } catch {}",
  ),
  // Ports.
  ...(['net', 'http', 'https', 'http2', 'tls'] as const).map((module) =>
    attempt(
      `a server of ${module} on a local socket`,
      `const it = await import('node:${module}'); const s = it.createServer(); s.on('error', () => {}); s.listen({ path: outside + '/${module}' }); await new Promise((r) => setTimeout(r, 100))`,
    ),
  ),
  ...(['net', 'http', 'http2'] as const).map((module) => ({
    isNetwork: true as const,
    ...attempt(
      `a server of ${module} on a port`,
      `const it = await import('node:${module}'); await new Promise((resolve, reject) => it.createServer().on('error', resolve).listen(0, '127.0.0.1', () => reject(new Error('escaped: a port'))))`,
    ),
  })),
  {
    isNetwork: true,
    ...attempt(
      'a datagram socket',
      "const s = (await import('node:dgram')).createSocket('udp4'); await new Promise((resolve, reject) => s.on('error', resolve).bind(0, () => reject(new Error('escaped: a port'))))",
    ),
  },
  {
    isNetwork: true,
    ...attempt(
      "net's inner way to a port",
      "const handle = (await import('node:net'))._createServerHandle('127.0.0.1', 0, 4); if (typeof handle === 'object' && handle.listen(1) === 0) throw new Error('escaped: a port')",
    ),
  },
  // Other processes and native code.
  attempt('process.kill', "process.kill(victim, 'SIGKILL')"),
  attempt('process._kill', 'process._kill(victim, 9)'),
  attempt('process.kill from a vm context', "vm.runInNewContext('kill(victim, 9)', { kill: process.kill, victim })"),
  attempt(
    'os.setPriority',
    "(await import('os')).setPriority(victim, 19); createRequire(import.meta.url)('os').setPriority(victim, 19)",
  ),
  attempt(
    'inner bindings',
    "for (const get of [process.binding, process._linkedBinding]) for (const name of ['fs', 'spawn_sync', 'process_wrap', 'pipe_wrap', 'tcp_wrap', 'v8', 'report', 'heap_utils', 'os']) try { const b = get.call(process, name); b.setFlagsFromString?.('--log'); b.writeReport?.(outside + '/r', '', '', {}); b.triggerHeapSnapshot?.(outside + '/h'); new b.Pipe(1).bind(outside + '/socket') } catch {}",
  ),
  attempt(
    'starting a program',
    "const it = await import('node:child_process'); for (const go of [() => it.execSync('touch ' + outside + '/made'), () => it.spawnSync('touch', [outside + '/made']), () => it.fork(own + '/other.mjs'), () => it.exec('touch ' + outside + '/made'), () => it._forkChild?.(3)]) try { go() } catch {} await new Promise((r) => setTimeout(r, 200))",
  ),
  attempt(
    'cluster',
    functionOf('node:cluster', "it.default.setupPrimary({ exec: own + '/other.mjs' }); it.default.fork()"),
  ),
  attempt(
    'a thread with switches of its own',
    "const { Worker } = await import('node:worker_threads'); new Worker(`require('v8').setFlagsFromString('--log')`, { eval: true, execArgv: ['--logfile=' + outside + '/w'], env: { NODE_OPTIONS: '' } }); await new Promise((r) => setTimeout(r, 300))",
  ),
  attempt('process.dlopen', "process.dlopen({ exports: {} }, own + '/native.node')"),
  attempt('a native addon', "createRequire(import.meta.url)(own + '/native.node')"),
  attempt('a native addon by Module._extensions', "Module._extensions['.node']({ exports: {} }, own + '/native.node')"),
  attempt(
    "OpenSSL's engines",
    "for (const go of [() => crypto.setEngine(own + '/native.node'), () => createRequire(import.meta.url)('tls').createSecureContext({ clientCertEngine: own + '/native.node' }), () => createRequire(import.meta.url)('tls').createSecureContext({ privateKeyEngine: own + '/native.node', privateKeyIdentifier: 'x' })]) try { go() } catch {}",
  ),
  attempt('process.execve', "process.execve('/bin/touch', ['touch', outside + '/made'], {})"),
  attempt(
    'the account',
    "for (const name of ['setuid', 'seteuid', 'setgid', 'setegid']) try { process[name](12345) } catch {} if (process.getuid?.() === 12345) throw new Error('escaped: another account')",
  ),
  attempt(
    'hooks of the module loader',
    "Module.register?.('data:text/javascript,' + encodeURIComponent(`import fs from 'node:fs'; fs.writeFileSync('${'${outside}'}/hook', 'x')`), import.meta.url); await import(own + '/other.mjs').catch(() => {}); await new Promise((r) => setTimeout(r, 200))",
  ),
  attempt(
    'process.loadEnvFile',
    "process.loadEnvFile(secret); if (Object.values(process.env).includes(marker)) throw new Error('escaped: read')",
  ),
  // Secrets.
  attempt(
    "reading other people's files",
    "for (const read of [() => fs.readFileSync(secret, 'utf8'), () => fs.readFileSync(Buffer.from(secret), 'utf8'), () => fs.readFileSync(own + '/../../../../../../../../' + secret, 'utf8'), () => fs.readFileSync('/proc/self/root' + secret, 'utf8'), () => createRequire(import.meta.url)(secret), () => fs.readFileSync('/proc/' + process.ppid + '/environ', 'utf8'), () => fs.readFileSync('/proc/self/environ', 'utf8'), () => fs.readdirSync(outside)]) try { read(); throw new Error('escaped: ' + read) } catch (error) { if (/^escaped/.test(error.message)) throw error }",
  ),
  attempt(
    "the person's environment",
    "for (const [name, value] of Object.entries(process.env)) if (/SECRET|TOKEN|NODE_/.test(name) || value.includes(marker)) throw new Error('escaped: ' + name)",
  ),
  attempt(
    'writing through another realm',
    "const inner = vm.runInNewContext('this.constructor.constructor(\"return typeof process === `object` ? process : null\")()'); inner?.binding('fs'); inner?.report.writeReport(outside + '/r')",
  ),
  attempt(
    'the child program started a second time',
    "const main = new URL(process.argv[1], 'file:'); for (const file of ['channel.js', 'walls/raise-walls.js', 'walls/close-builtins.js', 'walls/close-sockets.js', 'used-bytes.js']) { const it = await import(new URL(file, main)); for (const value of Object.values(it)) try { await value({ network: true, childProcesses: true }, []) } catch {} } const v8 = await import('node:v8'); " +
      useV8,
  ),
]
