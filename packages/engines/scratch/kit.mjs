import { TrainingGraph } from '../dist/onnx/training/training-graph.js'
import * as ort from 'onnxruntime-node'
export { TrainingGraph, ort }
export const nd='com.microsoft.nchwc', ms='com.microsoft'
export function fill(n,k=0.37){const a=new Float32Array(n);for(let i=0;i<n;i++)a[i]=Math.sin(i*k)*0.5;return a}
export const tensor=(dims,k)=>new ort.Tensor('float32',fill(dims.reduce((a,b)=>a*b,1),k),dims)
export async function open(g){return ort.InferenceSession.create(g.encode(),{executionProviders:['cpu'],intraOpNumThreads:2,graphOptimizationLevel:'all',logSeverityLevel:3,extra:{session:{intra_op:{allow_spinning:process.env.SPIN??'0'}}}})}
export async function time(s,f,n=14){let b=1e9,o;for(let i=0;i<n;i++){const t=performance.now();o=await s.run(f);b=Math.min(b,performance.now()-t)}return [b,o]}
export async function measure(label,inputs,build,outShape,flop,n){const g=new TrainingGraph();for(const [k,v] of Object.entries(inputs))g.input(k,v.dims);g.output('y',build(g),outShape);const s=await open(g);const [t,o]=await time(s,inputs,n);await s.release();console.log(label.padEnd(46),t.toFixed(2)+' ms',flop?(flop/t/1e6).toFixed(0)+' GFLOP/s':'');return o.y.data}
