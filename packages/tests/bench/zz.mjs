import { createRequire } from 'node:module'
import { readFileSync, readdirSync, mkdtempSync } from 'node:fs'
import { onnxEngine } from '@graft/engines'
import { addHead, freeze, loadTensors, readNetwork, splitFrozenPrefix, stripHead } from '@graft/network'
import { openModelFiles } from '@graft/network/node'
import { realData } from './bench-kit.mjs'
const ort = createRequire('/work/main/packages/engines/package.json')('onnxruntime-node')
const create = ort.InferenceSession.create.bind(ort.InferenceSession)
const dir = mkdtempSync('/tmp/me/prof-'); let n=0
const PROF = process.env.PROF==='1'
ort.InferenceSession.create = async (m,o)=>{ const s=await create(m, PROF?{...o,enableProfiling:true,profileFilePrefix:`${dir}/s${n++}`}:o); s.__prof=PROF; return s }
const loaded = await readNetwork(await openModelFiles(`${realData}/mobilenet_v1_0.75_224`))
const net = freeze(addHead(stripHead(loaded.network), { classNames: ['ants', 'bees'], pooling: 'average', hidden: [], dropout: 0, seed: 1 }), { frozen: true, to: process.env.TO??'stage2' })
const fresh = await loadTensors({ ...net, parameters: Object.fromEntries(Object.entries(net.parameters).filter(([, p]) => p.source.kind === 'initializer')) }, () => Promise.reject(new Error('no blobs')))
const tensors = new Map([...loaded.tensors, ...fresh])
const { suffix, prefix } = splitFrozenPrefix(net)
console.log('suffix input', suffix.input.shape, suffix.layers.length, 'prefix', prefix?.layers.length)
const B=32
const trainer = await onnxEngine.trainer(suffix, { tensors: new Map(Object.keys(suffix.parameters).map(k=>[k,tensors.get(k)])), optimizer:{name:'adamw',beta1:.9,beta2:.999,epsilon:1e-8,weightDecay:.01}, loss:{labelSmoothing:0}, seed:1 })
const shape=[B,...suffix.input.shape]; const data=new Float32Array(shape.reduce((a,b)=>a*b,1)).map(()=>Math.random())
const labels=new Int32Array(B).map((_,i)=>i%2)
for(let i=0;i<3;i++) await trainer.step({shape,data},labels,1e-5,i)
const N=Number(process.env.N??8); let t=performance.now(); for(let i=0;i<N;i++) await trainer.step({shape,data},labels,1e-5,3+i); console.log('step ms',(performance.now()-t)/N)
await trainer.evaluate({shape,data}); t=performance.now(); for(let i=0;i<N;i++) await trainer.evaluate({shape,data}); console.log('evaluate ms',(performance.now()-t)/N)
if(PROF){ await trainer.dispose(); 
for(const f of readdirSync(dir)){const ev=JSON.parse(readFileSync(`${dir}/${f}`)).filter(e=>e.cat==='Node'&&e.name.endsWith('_kernel_time'));const by={};for(const e of ev){const k=e.args.op_name;(by[k]??=[0,0]);by[k][0]+=e.dur;by[k][1]++}
const tot=Object.values(by).reduce((a,b)=>a+b[0],0);console.log(f,(tot/1000/(N+3)).toFixed(1));for(const [k,v] of Object.entries(by).sort((a,b)=>b[1][0]-a[1][0]).slice(0,14))console.log('  ',k,(v[0]/1000/(N+3)).toFixed(2),v[1]/(N+3))
if(process.env.TOP){const nn={};for(const e of ev){const k=e.name+' '+e.args.op_name+' '+JSON.stringify(e.args.input_type_shape).slice(0,120);(nn[k]??=0);nn[k]+=e.dur}for(const [k,v] of Object.entries(nn).sort((a,b)=>b[1]-a[1]).slice(0,Number(process.env.TOP)))console.log('    ',(v/1000/(N+3)).toFixed(2),k)}}}
process.exit(0)
