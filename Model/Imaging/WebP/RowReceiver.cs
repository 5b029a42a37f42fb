namespace EmotionMLNet.Imaging.WebP;

/// <summary>Takes the rows of a frame, from the top.</summary>
/// <param name="y">Number of the row from the top.</param>
/// <param name="row">Good during the call.</param>
/// <param name="channels">3, or 4 with straight alpha.</param>
internal delegate void RowReceiver(int y, ReadOnlySpan<byte> row, int channels);
