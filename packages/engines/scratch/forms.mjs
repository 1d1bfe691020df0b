import { TrainingGraph, ort, open, fill } from './kit.mjs'
import { findOperator } from '@graft/network'
const B=16
const cases=[[64,56,64,3,1],[64,56,128,3,2],[128,28,128,3,1],[128,28,256,3,2],[256,14,256,3,1],[256,14,512,3,2],[512,7,512,3,1],[64,56,128,1,2],[3,224,64,7,2],[3,224,32,3,2],
 [32,112,16,1,1],[16,112,96,1,1],[96,56,24,1,1],[24,56,144,1,1],[144,28,32,1,1],[192,28,32,1,1],[64,14,384,1,1],[384,14,96,1,1],[576,7,160,1,1],[160,7,960,1,1],[320,7,1280,1,1]]
const only=process.argv[2]?new Set(process.argv[2].split(',').map(Number)):null
for(const [i,[C,H,O,k,s]] of cases.entries()){
 if(only&&!only.has(i))continue
 const p=(k-1)>>1,h=Math.floor((H+2*p-k)/s)+1
 const names=[]
 const sessions=[]
 const make=async(form)=>{
  const g=new TrainingGraph(16)
  const cu=Math.ceil(C/16)*16,ou=Math.ceil(O/16)*16
  let xn='x',feeds={}
  if(C>=16){g.input('xb',[B,cu,H,H]);xn=g.blocked.fromBlocked('xb',[B,C,H,H]);feeds.xb=new ort.Tensor('float32',fill(B*cu*H*H),[B,cu,H,H])}else{g.input('x',[B,C,H,H]);feeds.x=new ort.Tensor('float32',fill(B*C*H*H),[B,C,H,H])}
  g.input('db',[B,ou,h,h]);const dn=g.blocked.fromBlocked('db',[B,O,h,h]);feeds.db=new ort.Tensor('float32',fill(B*ou*h*h,0.11),[B,ou,h,h])
  let list=[]
  const r=findOperator('Conv').gradient({layer:{name:'c',operator:'Conv'},attributes:{kernel_shape:[k,k],strides:[s,s],pads:[p,p,p,p],dilations:[1,1],group:1},build:g,inputs:[xn],inputShapes:[[B,C,H,H]],parameters:{weight:'w'},parameterShapes:{weight:[O,C,k,k]},outputShape:[B,O,h,h],output:'y',gradient:dn,needsInput:[false],needsParameter:new Set(['weight']),choose:(_,f)=>{list=f;return form??f[0]}})
  g.output('dw',r.parameters.weight,[O,C,k,k])
  return {list,g,feeds}
 }
 const first=await make()
 process.env.GI='0';first.list=(await make()).list;{process.env.GI='10000';const {g,feeds}=await make('blocked');sessions.push({form:'blocked',s:await open(g),feeds,best:1e9});process.env.GI='0'};for(const form of first.list){const {g,feeds}=await make(form);sessions.push({form,s:await open(g),feeds,best:1e9})}
 for(let r=0;r<Number(process.env.R??10);r++)for(const e of sessions){const t=performance.now();await e.s.run(e.feeds);e.best=Math.min(e.best,performance.now()-t)}
 const flop=2*B*h*h*C*O*k*k
 console.log(`${i}: ${C}x${H} -> ${O} k${k} s${s}: `+sessions.sort((a,b)=>a.best-b.best).map(e=>`${e.form} ${e.best.toFixed(1)} (${(flop/e.best/1e6).toFixed(0)})`).join('  '))
 for(const e of sessions)await e.s.release()
}
