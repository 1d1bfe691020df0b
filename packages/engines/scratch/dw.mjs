import {measure,tensor,nd,ms} from './kit.mjs'
const B=16
for(const [C,H,O] of [[64,56,64],[128,28,128],[256,14,256],[512,7,512]]){
  const R=B*(H+1)*(H+1), flop=2*B*H*H*C*O*9
  const a3=tensor([R,3*O]),b3=tensor([R,3*C])
  await measure(`C${C} H${H} gemm transA [3O,R]x[R,3C]`,{a:a3,b:b3},g=>g.add('FusedMatMul',['a','b'],{transA:1,transB:0,alpha:1},ms),[3*O,3*C],flop)
  const R1=B*H*H
  await measure(`  gemm transA [O,R]x[R,9C]`,{a:tensor([R1,O]),b:tensor([R1,9*C])},g=>g.add('FusedMatMul',['a','b'],{transA:1,transB:0,alpha:1},ms),[O,9*C],flop)
  await measure(`  gemm transB [O,R]x[9C,R]T`,{a:tensor([O,R1]),b:tensor([9*C,R1])},g=>g.add('FusedMatMul',['a','b'],{transA:0,transB:1,alpha:1},ms),[O,9*C],flop)
  await measure(`  gemm nn [O,R]x[R,9C]`,{a:tensor([O,R1]),b:tensor([R1,9*C])},g=>g.add('MatMul',['a','b']),[O,9*C],flop)
  await measure(`  gemm transA [9C,R]x[R,O]`,{a:tensor([R1,9*C]),b:tensor([R1,O])},g=>g.add('FusedMatMul',['a','b'],{transA:1,transB:0,alpha:1},ms),[9*C,O],flop)
  const idx=Array.from({length:R},(_,i)=>[i,i+1,i+2].map(v=>v%(R))).flat()
  await measure(`  gather 3 rows NHWC`,{x:tensor([R,C])},g=>g.add('Gather',['x',g.integers(idx)],{axis:0}),[3*R,C])
  await measure(`  concat 3 slices NHWC`,{x:tensor([R+2,C])},g=>g.add('Concat',[0,1,2].map(k=>g.add('Slice',['x',g.integers([k]),g.integers([k+R]),g.integers([0]),g.integers([1])])),{axis:1}),[R,3*C])
  await measure(`  reorder blocked->NHWC`,{x:tensor([B,C,H,H])},g=>g.add('ReorderOutput',['x'],{channels:C,channels_last:1},nd),[B,H,H,C])
  await measure(`  blocked->NHWC by Transpose`,{x:tensor([B,C/16,H*H,16])},g=>g.add('Transpose',['x'],{perm:[0,2,1,3]}),[B,H*H,C/16,16])
  await measure(`  reorder blocked->NCHW`,{x:tensor([B,C,H,H])},g=>g.add('ReorderOutput',['x'],{channels:C},nd),[B,C,H,H])
  await measure(`  reorder NCHW->blocked`,{x:tensor([B,C,H,H])},g=>g.add('ReorderInput',['x'],{},nd),[B,C,H,H])
  await measure(`  pad NHWC`,{x:tensor([B,H,H,C])},g=>g.add('Pad',['x',g.integers([0,0,0,0,0,1,1,0])]),[B,H+1,H+1,C])
  await measure(`  mul`,{x:tensor([B,C,H,H])},g=>g.add('Mul',['x','x']),[B,C,H,H])
}
for(const [C,H] of [[96,112],[144,56],[384,14],[960,7]]){
  const flop=2*B*H*H*C*9
  await measure(`depthwise C${C} H${H} fwd nchwc`,{x:tensor([B,C,H,H]),w:tensor([C,1,3,3])},g=>g.add('Conv',['x','w'],{group:C,kernel_shape:[3,3],pads:[1,1,1,1],strides:[1,1],dilations:[1,1]},nd),[B,C,H,H],flop)
  await measure(`  fwd plain`,{x:tensor([B,C,H,H]),w:tensor([C,1,3,3])},g=>g.add('Conv',['x','w'],{group:C,kernel_shape:[3,3],pads:[1,1,1,1],strides:[1,1],dilations:[1,1]}),[B,C,H,H],flop)
  await measure(`  dW nchwc, pads`,{x:tensor([1,B*C,H,H]),w:tensor([B*C,1,H,H])},g=>g.add('Conv',['x','w'],{group:B*C,kernel_shape:[H,H],pads:[1,1,1,1],strides:[1,1],dilations:[1,1]},nd),[1,B*C,3,3],flop)
  await measure(`  dW nchwc, padded before`,{x:tensor([1,B*C,H+2,H+2]),w:tensor([B*C,1,H,H])},g=>g.add('Conv',['x','w'],{group:B*C,kernel_shape:[H,H],pads:[0,0,0,0],strides:[1,1],dilations:[1,1]},nd),[1,B*C,3,3],flop)
  await measure(`  Pad blocked`,{x:tensor([B*C/16,H,H*16])},g=>g.add('Pad',['x',g.integers([0,1,16,0,1,16])]),[B*C/16,H+2,(H+2)*16])
}
await measure('maxpool nchwc 112',{x:tensor([B,64,112,112])},g=>g.add('MaxPool',['x'],{kernel_shape:[3,3],strides:[2,2],pads:[1,1,1,1]},nd),[B,64,56,56])
await measure('maxpool plain 112',{x:tensor([B,64,112,112])},g=>g.add('MaxPool',['x'],{kernel_shape:[3,3],strides:[2,2],pads:[1,1,1,1]}),[B,64,56,56])
await measure('stem nchwc 7x7',{x:tensor([B,3,224,224]),w:tensor([64,3,7,7])},g=>g.add('Conv',['x','w'],{group:1,kernel_shape:[7,7],pads:[3,3,3,3],strides:[2,2],dilations:[1,1]},nd),[B,64,112,112],2*B*64*112*112*147)
