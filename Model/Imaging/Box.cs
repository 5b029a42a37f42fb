namespace EmotionMLNet.Imaging;

/// <summary>A window of a picture in pixels; fractions are allowed. Pixel (0, 0) covers [0, 1) x [0, 1).</summary>
/// <remarks>Single precision on purpose: Pillow holds its <c>box</c> so, and the resize is to give the same bits.</remarks>
internal readonly record struct Box(float Left, float Top, float Right, float Bottom);
