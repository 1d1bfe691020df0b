;; The two passes of resample.ts, four values at a time. Weights have 22 bits of fraction; sums start at a half, so that they round.
;; Reads and writes may go 15 bytes beyond what they are for: nothing counts there, and what is written too far is written again, or lies in the padding.
;; Becomes resample-wasm.ts by `npm run wasm`.
(module
  (memory (export "memory") 1)

  ;; Narrows rows of RGB pixels: `first`, `count` and `values` (with `stride`) say what each of `width` pixels is made of.
  (func (export "columns")
    (param $source i32) (param $rowBytes i32) (param $rows i32) (param $first i32) (param $count i32) (param $values i32) (param $stride i32) (param $width i32) (param $target i32)
    (local $x i32) (local $from i32) (local $tap i32) (local $end i32) (local $sum v128)
    (block $done
      (br_if $done (i32.eqz (local.get $rows)))
      (loop $row
        (local.set $x (i32.const 0))
        (loop $pixel
          (local.set $from (i32.add (local.get $source) (i32.mul (i32.const 3) (i32.load (i32.add (local.get $first) (i32.shl (local.get $x) (i32.const 2)))))))
          (local.set $tap (i32.add (local.get $values) (i32.shl (i32.mul (local.get $x) (local.get $stride)) (i32.const 2))))
          (local.set $end (i32.add (local.get $tap) (i32.shl (i32.load (i32.add (local.get $count) (i32.shl (local.get $x) (i32.const 2)))) (i32.const 2))))
          (local.set $sum (i32x4.splat (i32.const 0x200000)))
          (loop $taps
            (local.set $sum (i32x4.add (local.get $sum) (i32x4.mul
              (i32x4.extend_low_i16x8_u (i16x8.extend_low_i8x16_u (v128.load32_zero (local.get $from))))
              (v128.load32_splat (local.get $tap)))))
            (local.set $from (i32.add (local.get $from) (i32.const 3)))
            (br_if $taps (i32.lt_u (local.tee $tap (i32.add (local.get $tap) (i32.const 4))) (local.get $end))))
          (local.set $sum (i16x8.narrow_i32x4_s (i32x4.shr_s (local.get $sum) (i32.const 22)) (local.get $sum)))
          (v128.store32_lane 0 (local.get $target) (i8x16.narrow_i16x8_u (local.get $sum) (local.get $sum)))
          (local.set $target (i32.add (local.get $target) (i32.const 3)))
          (br_if $pixel (i32.lt_u (local.tee $x (i32.add (local.get $x) (i32.const 1))) (local.get $width))))
        (local.set $source (i32.add (local.get $source) (local.get $rowBytes)))
        (br_if $row (local.tee $rows (i32.sub (local.get $rows) (i32.const 1)))))))

  ;; Makes `height` rows of `rowBytes` out of those at `source`, whose first one is row `firstRow` of the picture.
  (func (export "rows")
    (param $source i32) (param $rowBytes i32) (param $firstRow i32) (param $first i32) (param $count i32) (param $values i32) (param $stride i32) (param $height i32) (param $target i32)
    (local $y i32) (local $x i32) (local $start i32) (local $from i32) (local $tap i32) (local $end i32) (local $bytes v128) (local $pairs v128) (local $weight v128)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (loop $row
      (local.set $start (i32.add (local.get $source) (i32.mul (local.get $rowBytes)
        (i32.sub (i32.load (i32.add (local.get $first) (i32.shl (local.get $y) (i32.const 2)))) (local.get $firstRow)))))
      (local.set $x (i32.const 0))
      (loop $chunk
        (local.set $from (i32.add (local.get $start) (local.get $x)))
        (local.set $tap (i32.add (local.get $values) (i32.shl (i32.mul (local.get $y) (local.get $stride)) (i32.const 2))))
        (local.set $end (i32.add (local.get $tap) (i32.shl (i32.load (i32.add (local.get $count) (i32.shl (local.get $y) (i32.const 2)))) (i32.const 2))))
        (local.set $a (i32x4.splat (i32.const 0x200000)))
        (local.set $b (local.get $a))
        (local.set $c (local.get $a))
        (local.set $d (local.get $a))
        (loop $taps
          (local.set $bytes (v128.load (local.get $from)))
          (local.set $weight (v128.load32_splat (local.get $tap)))
          (local.set $pairs (i16x8.extend_low_i8x16_u (local.get $bytes)))
          (local.set $a (i32x4.add (local.get $a) (i32x4.mul (i32x4.extend_low_i16x8_u (local.get $pairs)) (local.get $weight))))
          (local.set $b (i32x4.add (local.get $b) (i32x4.mul (i32x4.extend_high_i16x8_u (local.get $pairs)) (local.get $weight))))
          (local.set $pairs (i16x8.extend_high_i8x16_u (local.get $bytes)))
          (local.set $c (i32x4.add (local.get $c) (i32x4.mul (i32x4.extend_low_i16x8_u (local.get $pairs)) (local.get $weight))))
          (local.set $d (i32x4.add (local.get $d) (i32x4.mul (i32x4.extend_high_i16x8_u (local.get $pairs)) (local.get $weight))))
          (local.set $from (i32.add (local.get $from) (local.get $rowBytes)))
          (br_if $taps (i32.lt_u (local.tee $tap (i32.add (local.get $tap) (i32.const 4))) (local.get $end))))
        (v128.store (i32.add (local.get $target) (local.get $x)) (i8x16.narrow_i16x8_u
          (i16x8.narrow_i32x4_s (i32x4.shr_s (local.get $a) (i32.const 22)) (i32x4.shr_s (local.get $b) (i32.const 22)))
          (i16x8.narrow_i32x4_s (i32x4.shr_s (local.get $c) (i32.const 22)) (i32x4.shr_s (local.get $d) (i32.const 22)))))
        (br_if $chunk (i32.lt_u (local.tee $x (i32.add (local.get $x) (i32.const 16))) (local.get $rowBytes))))
      (local.set $target (i32.add (local.get $target) (local.get $rowBytes)))
      (br_if $row (i32.lt_u (local.tee $y (i32.add (local.get $y) (i32.const 1))) (local.get $height))))))
