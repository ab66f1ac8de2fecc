import test from 'ava'
import { corrupt } from '../../../src/evaluation/corruptions/corrupt.ts'
import { zoomIn } from '../../../src/evaluation/corruptions/warp.ts'
import { meanDistance, waves } from './waves.ts'

/**
 * Made with Pillow 12.3 (JPEG, BOX), OpenCV 5.0 (filter2D, GaussianBlur), SciPy 1.17.1
 * (ndimage.gaussian_filter, ndimage.zoom) and Python's colorsys from the image `waves`, with the
 * constants of CIFAR-10-C: row 13, columns 8 to 11, three channels each, and the mean distance from
 * the image. The tolerance is that of bytes where the library rounds to bytes on the way. Elastic
 * (OpenCV's warpAffine, SciPy's map_coordinates) and fog (NumPy) were given the random numbers of
 * seed 0 and example 0.
 */
const golden = [
  {
    name: 'jpeg-compression',
    severity: 1,
    tolerance: 3 / 255,
    distance: 0.01451,
    pixels: [
      0.4196, 0.2275, 0.2431, 0.3333, 0.1725, 0.2902, 0.2314, 0.1412, 0.3608, 0.1529, 0.149, 0.4549,
    ],
  },
  {
    name: 'jpeg-compression',
    severity: 5,
    tolerance: 3 / 255,
    distance: 0.02236,
    pixels: [
      0.4196, 0.2196, 0.2784, 0.3216, 0.1529, 0.3216, 0.2157, 0.1176, 0.3843, 0.1529, 0.1373,
      0.4706,
    ],
  },
  {
    name: 'pixelate',
    severity: 1,
    tolerance: 1 / 255,
    distance: 0.00549,
    pixels: [
      0.4667, 0.2549, 0.2314, 0.3412, 0.1686, 0.298, 0.251, 0.1373, 0.3765, 0.1647, 0.1373, 0.4745,
    ],
  },
  {
    name: 'pixelate',
    severity: 5,
    tolerance: 1 / 255,
    distance: 0.02618,
    pixels: [
      0.3843, 0.1961, 0.2706, 0.3843, 0.1961, 0.2706, 0.251, 0.1373, 0.3765, 0.1294, 0.1529, 0.5294,
    ],
  },
  {
    name: 'defocus-blur',
    severity: 3,
    tolerance: 1e-4,
    distance: 0.00485,
    pixels: [
      0.4279, 0.2246, 0.2481, 0.3426, 0.1728, 0.301, 0.2536, 0.1432, 0.3789, 0.1694, 0.1436, 0.4753,
    ],
  },
  {
    name: 'defocus-blur',
    severity: 4,
    tolerance: 1e-4,
    distance: 0.00585,
    pixels: [
      0.4282, 0.2259, 0.2494, 0.3427, 0.1733, 0.3012, 0.2541, 0.1443, 0.3796, 0.1702, 0.1451,
      0.4753,
    ],
  },
  {
    name: 'defocus-blur',
    severity: 5,
    tolerance: 1e-4,
    distance: 0.00968,
    pixels: [
      0.4279, 0.2292, 0.2527, 0.3442, 0.1773, 0.3046, 0.2562, 0.1495, 0.3808, 0.1743, 0.1495,
      0.4763,
    ],
  },
  {
    name: 'gaussian-blur',
    severity: 5,
    tolerance: 1e-4,
    distance: 0.01089,
    pixels: [
      0.4277, 0.2332, 0.2572, 0.3455, 0.1827, 0.3078, 0.2593, 0.1551, 0.3829, 0.1785, 0.1553,
      0.4763,
    ],
  },
  {
    name: 'gaussian-blur',
    severity: 1,
    tolerance: 1e-4,
    distance: 0.00097,
    pixels: [
      0.4276, 0.2209, 0.2444, 0.3415, 0.1696, 0.2987, 0.2516, 0.1387, 0.3771, 0.1658, 0.1388,
      0.4747,
    ],
  },
  {
    name: 'zoom-blur',
    severity: 1,
    tolerance: 1e-4,
    distance: 0.02759,
    pixels: [
      0.4447, 0.2486, 0.2548, 0.3631, 0.1952, 0.3005, 0.2758, 0.1606, 0.3696, 0.1908, 0.1533,
      0.4576,
    ],
  },
  {
    name: 'zoom-blur',
    severity: 5,
    tolerance: 1e-4,
    distance: 0.06356,
    pixels: [
      0.3985, 0.2114, 0.273, 0.3205, 0.1706, 0.3268, 0.2409, 0.1485, 0.3986, 0.1657, 0.1509, 0.4851,
    ],
  },
  {
    name: 'brightness',
    severity: 1,
    tolerance: 1e-4,
    distance: 0.03659,
    pixels: [
      0.4775, 0.2453, 0.2716, 0.3912, 0.1933, 0.3417, 0.2843, 0.1555, 0.4265, 0.1821, 0.1517,
      0.5245,
    ],
  },
  {
    name: 'brightness',
    severity: 5,
    tolerance: 1e-4,
    distance: 0.1656,
    pixels: [
      0.7275, 0.3737, 0.4138, 0.6412, 0.3169, 0.5601, 0.451, 0.2466, 0.6765, 0.2688, 0.224, 0.7745,
    ],
  },
  {
    name: 'saturate',
    severity: 2,
    tolerance: 1e-4,
    distance: 0.16313,
    pixels: [
      0.4275, 0.4067, 0.409, 0.3412, 0.3239, 0.3369, 0.3639, 0.3525, 0.3765, 0.4435, 0.4408, 0.4745,
    ],
  },
  {
    name: 'saturate',
    severity: 5,
    tolerance: 1e-4,
    distance: 0.14153,
    pixels: [0.4275, 0, 0.0484, 0.3412, 0, 0.2559, 0.179, 0, 0.3765, 0.0386, 0, 0.4745],
  },
  {
    name: 'contrast',
    severity: 5,
    tolerance: 1e-4,
    distance: 0.16442,
    pixels: [
      0.5431, 0.47, 0.4354, 0.5301, 0.4623, 0.4436, 0.5166, 0.4576, 0.4554, 0.5037, 0.4576, 0.4701,
    ],
  },
  {
    name: 'elastic-transform',
    severity: 2,
    tolerance: 1e-4,
    distance: 0.07739,
    pixels: [
      0.4437, 0.1384, 0.1439, 0.3582, 0.0896, 0.2084, 0.2716, 0.0634, 0.2989, 0.1905, 0.0646,
      0.4093,
    ],
  },
  {
    name: 'elastic-transform',
    severity: 5,
    tolerance: 1e-4,
    distance: 0.04674,
    pixels: [
      0.4027, 0.1703, 0.2212, 0.3313, 0.1225, 0.2662, 0.2698, 0.0964, 0.3227, 0.1688, 0.1211,
      0.4606,
    ],
  },
  {
    name: 'fog',
    severity: 1,
    tolerance: 1e-4,
    distance: 0.03946,
    pixels: [
      0.4422, 0.2699, 0.2894, 0.3725, 0.2295, 0.3368, 0.2996, 0.2054, 0.4036, 0.2297, 0.207, 0.4865,
    ],
  },
  {
    name: 'fog',
    severity: 5,
    tolerance: 1e-4,
    distance: 0.15007,
    pixels: [
      0.4665, 0.3849, 0.3942, 0.4548, 0.3871, 0.4378, 0.4361, 0.3914, 0.4853, 0.414, 0.4032, 0.5355,
    ],
  },
] as const

const shape = [32, 32, 3] as const
const clean = waves(1, shape)
const excerpt = (values: Float32Array, channels: number) =>
  values.subarray((13 * 32 + 8) * channels, (13 * 32 + 12) * channels)

for (const { name, severity, tolerance, distance, pixels } of golden) {
  test(`${name} at severity ${severity} gives the golden pixels`, t => {
    const found = corrupt(name, severity, clean, shape, 0, [0])
    pixels.forEach((pixel, at) => {
      const value = excerpt(found, 3)[at]!
      t.true(Math.abs(value - pixel) < tolerance, `${at}: ${value} instead of ${pixel}`)
    })
    const mean = meanDistance(found, clean)
    t.true(Math.abs(mean - distance) < tolerance / 10 + 1e-5, `mean distance ${mean}`)
  })
}

test('a grey JPEG of quality 40 gives the golden pixels', t => {
  const grey = waves(1, [32, 32, 1])
  const found = corrupt('jpeg-compression', 5, grey, [32, 32, 1], 0, [0])
  const pixels = [0.4275, 0.3373, 0.2431, 0.1725]
  pixels.forEach((pixel, at) => {
    t.true(Math.abs(excerpt(found, 1)[at]! - pixel) < 1.5 / 255)
  })
  t.true(Math.abs(meanDistance(found, grey) - 0.00795) < 1e-4)
})

for (const [factor, pixels] of [
  [1.75, [0.2115, 0.125, 0.4126, 0.164, 0.1269, 0.4693, 0.1243, 0.1438, 0.5324, 0.089, 0.1662]],
  [2.25, [0.118, 0.1231, 0.5335, 0.0938, 0.1424, 0.5832, 0.0738, 0.1673, 0.633, 0.0563, 0.1944]],
] as const) {
  test(`enlarging by ${factor} is SciPy's zoom`, t => {
    const enlarged = zoomIn({ values: clean, height: 32, width: 32, channels: 3 }, factor)
    pixels.forEach((pixel, at) => {
      t.true(Math.abs(excerpt(enlarged, 3)[at]! - pixel) < 1e-4)
    })
  })
}
