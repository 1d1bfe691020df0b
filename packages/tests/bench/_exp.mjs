import { readFileSync, appendFileSync, existsSync, readdirSync } from 'node:fs'
import { createRandom, deriveSeed, shuffle } from '@graft/network'
const E = '/work/lanes/advice/packages/engines/dist/'
const { createSpaces } = await import(E + 'solver/space.js')
const { measureStandard, standardised } = await import(E + 'solver/standardise.js')
const { answerOutOfFold } = await import(E + 'solver/out-of-fold.js')
const { fitLogistic } = await import(E + 'solver/logistic.js')
const { foldIn } = await import(E + 'solver/fold-in.js')
const { everyRow, dot } = await import(E + 'solver/row-matrix.js')
const { rowLosses, curvatureOf } = await import(E + 'training/solve/row-losses.js')
const { stratifiedFolds, findTask } = await import('@graft/engines')
const task = findTask('single-label')
const widths = [48, 96, 192, 384, 768]
const [sizesArg = '5,20', seedsArg = '6', out = '/tmp/adv/exp.jsonl'] = process.argv.slice(2)
const done = new Set(
  existsSync(out)
    ? readFileSync(out, 'utf8')
        .trim()
        .split('\n')
        .filter(Boolean)
        .map((l) => JSON.parse(l).key)
    : [],
)
const starts = widths.map((_, i) => widths.slice(0, i).reduce((a, b) => a + b, 0))
const gridOf = (m, k = 8) => {
  const sq = dot(m.values, 0, m.values, 0, m.values.length) / m.rows
  return Array.from({ length: k }, (_, i) => sq * 10 ** (-1 - (5 * i) / (k - 1)))
}
const take = (data, D, rows, from, to) => {
  const o = new Float32Array(rows.length * (to - from))
  rows.forEach((r, i) => o.set(data.subarray(r * D + from, r * D + to), i * (to - from)))
  return o
}
async function prepare(data, D, rows, labels, C, cut, all) {
  const from = all ? 0 : starts[cut],
    to = starts[cut] + widths[cut]
  const f = take(data, D, rows, from, to)
  const groups = all
    ? widths.slice(0, cut + 1).map((w, i) => ({ from: starts[i], to: starts[i] + w }))
    : [{ from: 0, to: to - from }]
  const st = measureStandard(f, rows.length, to - from, { groups, softness: 1 })
  const X = standardised(f, rows.length, st, Math.max(C, 48))
  const spaces = createSpaces(X, groups, C)
  const own = groups.map((_, i) => 0.6 ** (groups.length - 1 - i))
  const powers = all ? [2, 1, 0] : [1]
  const gains = powers.map((p) => own.map((g) => g ** p))
  return { st, groups, gains, spaces, opened: gains.map((g) => spaces.open(g)), from, to, f }
}
async function train(p, best, labels, C, penalty) {
  const space = p.opened[best.space]
  const rows = everyRow(space.matrix)
  const s = await fitLogistic(
    {
      matrix: space.matrix,
      spectrum: space.spectrum,
      rows,
      classes: C,
      loss: rowLosses(task, labels, C, { labelSmoothing: 0 })(rows),
      curvature: curvatureOf(task, C),
      penalty,
    },
    { within: { loss: 1e-4 }, maxIterations: 500 },
  )
  return foldIn(
    p.spaces.open(p.gains[best.space]).toFeatures(s.parameters),
    s.parameters.slice(C * space.matrix.columns),
    p.st,
  )
}
const predict = (h, f, n, C) => {
  const d = h.weight.length / C
  const o = []
  for (let i = 0; i < n; i++) {
    let b = 0,
      bv = -1e99
    for (let c = 0; c < C; c++) {
      let v = h.bias[c]
      for (let k = 0; k < d; k++) v += h.weight[c * d + k] * f[i * d + k]
      if (v > bv) {
        bv = v
        b = c
      }
    }
    o.push(b)
  }
  return o
}
for (const size of sizesArg.split(',').map(Number))
  for (let seed = 1; seed <= Number(seedsArg); seed++)
    for (const set of readdirSync('/work/shared/real/panel').sort()) {
      const key = `${set} ${size} ${seed}`
      if (done.has(key)) continue
      const t0 = process.cpuUsage().user
      const { names, labels: L, columns: D } = JSON.parse(readFileSync(`/tmp/adv/${set}.json`))
      const b = readFileSync(`/tmp/adv/${set}.bin`)
      const data = new Float32Array(b.buffer.slice(b.byteOffset, b.byteOffset + b.byteLength))
      const C = names.length
      const parts = names.map((n, c) =>
        shuffle(
          L.flatMap((l, i) => (l === c ? [i] : [])),
          createRandom(deriveSeed(seed, `${set} ${n}`)),
        ),
      )
      const taken = (p, s) => Math.max(1, Math.min(s, p.length - Math.min(10, p.length >> 1)))
      const train1 = parts.flatMap((p) => p.slice(0, taken(p, size)))
      const labels = train1.map((r) => L[r])
      // test: what neither n nor 2n train on
      const two = size * 2 + 10 <= 100
      const test = parts.flatMap((p) => p.slice(taken(p, two ? 2 * size : size)))
      const n = train1.length
      const rec = { key, set, size, seed, C, n, labels, testLabels: test.map((r) => L[r]), cands: {} }
      const weighted = (labels) => (rows) => {
        const N = labels.length,
          all = new Float64Array(C),
          m = new Float64Array(C)
        for (const l of labels) all[l]++
        for (const r of rows) m[labels[r]]++
        const w = Float64Array.from(rows, (r) => all[labels[r]] / N / m[labels[r]])
        return (z, g) => {
          let loss = 0
          for (let i = 0; i < rows.length; i++) {
            let mx = -1e99
            for (let c = 0; c < C; c++) mx = Math.max(mx, z[i * C + c])
            let sum = 0
            for (let c = 0; c < C; c++) sum += Math.exp(z[i * C + c] - mx)
            const y = labels[rows[i]]
            loss += w[i] * (Math.log(sum) + mx - z[i * C + y])
            for (let c = 0; c < C; c++) g[i * C + c] = w[i] * (Math.exp(z[i * C + c] - mx) / sum - (c === y ? 1 : 0))
          }
          return loss
        }
      }
      const lossArgs = {
        lossOf: weighted(labels),
        scoreOf: rowLosses(task, labels, C, { labelSmoothing: 0 }),
        hits: () => 0,
        curvature: curvatureOf(task, C),
        classes: C,
      }
      const K = 5,
        R = n <= 150 ? 4 : 2
      for (const cut of [2, 3, 4])
        for (const all of [false, true]) {
          const p = await prepare(data, D, train1, labels, C, cut, all)
          const penalties = p.opened.map((o) => gridOf(o.matrix, 6))
          const reps = []
          let best
          for (let r = 0; r < R; r++) {
            const folds = stratifiedFolds(
              labels.map((l, i) => ({ group: String(i), classes: [l] })),
              K,
              createRandom(r + 1),
            )
            const o = await answerOutOfFold({ ...lossArgs, spaces: p.opened, penalties, folds })
            reps.push({ hits: [...o.answers].map((a, i) => (a === labels[i] ? 1 : 0)), folds: [...folds] })
            best ??= o.best
          }
          const head = await train(p, best, labels, C, penalties[best.space][best.penalty])
          const truth = predict(head, take(data, D, test, p.from, p.to), test.length, C).map((a, i) =>
            a === L[test[i]] ? 1 : 0,
          )
          const c = { reps, best, truth }
          if (cut === 4 || cut === 3) {
            // curve: fixed relative penalty; subsets by class
            c.curve = []
            const order = (r) =>
              names.flatMap((_, k) => {
                const idx = labels.flatMap((l, i) => (l === k ? [i] : []))
                return [shuffle(idx, createRandom(100 + r * 7 + k))]
              })
            for (const share of [0.25, 0.5, 0.8])
              for (let r = 0; r < 4; r++) {
                const o = order(r)
                const inside = o.flatMap((x) => x.slice(0, Math.max(1, Math.round(share * x.length))))
                if (inside.length === n) continue
                const insideSet = new Set(inside)
                const outside = labels.flatMap((_, i) => (insideSet.has(i) ? [] : [i]))
                const q = p.opened[best.space]
                const pen = penalties[best.space][best.penalty]
                const rows = Int32Array.from(inside)
                const res = {}
                for (const [nm, f] of [
                  ['same', 1],
                  ['sqrt', Math.sqrt(n / inside.length)],
                ]) {
                  const s = await fitLogistic(
                    {
                      matrix: q.matrix,
                      spectrum: q.spectrum,
                      rows,
                      classes: C,
                      loss: lossArgs.lossOf(rows),
                      curvature: curvatureOf(task, C),
                      penalty: pen * f,
                    },
                    { within: { loss: 5e-4 }, maxIterations: 200 },
                  )
                  const cols = q.matrix.columns
                  res[nm] = outside.map((i) => {
                    let bb = 0,
                      bv = -1e99
                    for (let k = 0; k < C; k++) {
                      let v = s.parameters[C * cols + k]
                      for (let j = 0; j < cols; j++) v += q.matrix.values[i * cols + j] * s.parameters[k * cols + j]
                      if (v > bv) {
                        bv = v
                        bb = k
                      }
                    }
                    return [i, bb === labels[i] ? 1 : 0]
                  })
                }
                c.curve.push({ m: inside.length, res })
              }
            if (two) {
              const train2 = parts.flatMap((pp) => pp.slice(0, taken(pp, 2 * size))),
                l2 = train2.map((r) => L[r])
              const p2 = await prepare(data, D, train2, l2, C, cut, all)
              const pens2 = p2.opened.map((o) => gridOf(o.matrix, 6))
              const folds = stratifiedFolds(
                l2.map((l, i) => ({ group: String(i), classes: [l] })),
                5,
                createRandom(1),
              )
              const la = {
                lossOf: rowLosses(task, l2, C, { labelSmoothing: 0 }),
                scoreOf: rowLosses(task, l2, C, { labelSmoothing: 0 }),
                hits: () => 0,
                curvature: curvatureOf(task, C),
                classes: C,
              }
              const o2 = await answerOutOfFold({ ...la, spaces: p2.opened, penalties: pens2, folds })
              const h2 = await train(p2, o2.best, l2, C, pens2[o2.best.space][o2.best.penalty])
              c.truth2 = predict(h2, take(data, D, test, p2.from, p2.to), test.length, C).map((a, i) =>
                a === L[test[i]] ? 1 : 0,
              )
              c.n2 = train2.length
            }
          }
          rec.cands[`${all ? 'all' : 'last'}${cut}`] = c
        }
      rec.cpu = (process.cpuUsage().user - t0) / 1e6
      appendFileSync(out, JSON.stringify(rec) + '\n')
      console.log(
        key,
        n,
        rec.cpu.toFixed(1),
        Object.entries(rec.cands)
          .map(
            ([k, c]) =>
              `${k} ${((100 * c.reps[0].hits.reduce((a, x) => a + x, 0)) / n).toFixed(0)}/${((100 * c.truth.reduce((a, x) => a + x, 0)) / c.truth.length).toFixed(0)}`,
          )
          .join(' '),
      )
    }
