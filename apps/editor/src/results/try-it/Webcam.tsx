import { useEffect, useRef, useState } from 'react'
import type { ReactElement } from 'react'

const everyMilliseconds = 700
const side = 320

/** Shows the camera and hands over an image now and then, until it is taken away. */
export function Webcam({
  onFrame,
  onClose,
}: {
  readonly onFrame: (frame: Blob) => void
  readonly onClose: () => void
}): ReactElement {
  const video = useRef<HTMLVideoElement>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const give = useRef(onFrame)
  give.current = onFrame
  useEffect(() => {
    let stream: MediaStream | null = null
    let gone = false
    navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 640 }, facingMode: 'environment' } }).then(
      (opened) => {
        stream = opened
        if (gone) stop(opened)
        else if (video.current !== null) video.current.srcObject = opened
      },
      (error: unknown) =>
        setProblem(
          error instanceof DOMException && error.name === 'NotAllowedError'
            ? 'The browser may not use the camera. Allow it in the address bar, or choose a photo.'
            : 'No camera is available. Choose a photo instead.',
        ),
    )
    const timer = setInterval(
      () => video.current !== null && capture(video.current, (frame) => !gone && give.current(frame)),
      everyMilliseconds,
    )
    return () => {
      gone = true
      clearInterval(timer)
      if (stream !== null) stop(stream)
    }
  }, [])
  if (problem !== null)
    return (
      <p className="card-problem" role="alert">
        {problem}{' '}
        <button type="button" className="link" onClick={onClose}>
          Close
        </button>
      </p>
    )
  return <video ref={video} className="drop-image" autoPlay muted playsInline aria-label="Camera" />
}

function capture(video: HTMLVideoElement, then: (frame: Blob) => void): void {
  if (video.videoWidth === 0) return
  const canvas = document.createElement('canvas')
  const scale = Math.min(1, side / Math.min(video.videoWidth, video.videoHeight))
  canvas.width = Math.round(video.videoWidth * scale)
  canvas.height = Math.round(video.videoHeight * scale)
  canvas.getContext('2d')?.drawImage(video, 0, 0, canvas.width, canvas.height)
  canvas.toBlob((blob) => blob !== null && then(blob), 'image/jpeg', 0.9)
}

function stop(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop()
}
