using EmotionMLNet.Imaging;

namespace EmotionMLNet.Predictor;

/// <summary>
/// Makes pictures of pictures. A library of its own does it, so that who wants rows only needs none: a program without it has no option
/// that draws.
/// </summary>
/// <remarks>All members may be called from any number of threads at once.</remarks>
internal interface IPictureDrawing
{
    /// <summary>Why nothing can be drawn on this machine, in one line; null where it can.</summary>
    string? Problem { get; }

    /// <summary>The picture with marks on it, encoded.</summary>
    /// <param name="picture">1 or 3 channels; it is not changed.</param>
    /// <param name="marks">In pixels of the picture; may be none.</param>
    /// <param name="isJpeg">Else it is a PNG.</param>
    byte[] Draw(Image picture, IReadOnlyList<PictureMark> marks, bool isJpeg);

    /// <summary>The same made smaller, as a JPEG of few bytes.</summary>
    /// <param name="picture">1 or 3 channels.</param>
    /// <param name="marks">In pixels of the picture; their texts are not written.</param>
    /// <param name="longSide">Pixels of the longer side at most; a smaller picture stays as it is.</param>
    /// <param name="mostBytes">The quality is lowered until that many suffice, as far as one can still see something.</param>
    SmallPicture DrawSmall(Image picture, IReadOnlyList<PictureMark> marks, int longSide, int mostBytes);
}

/// <summary>A JPEG and its size in pixels.</summary>
internal readonly record struct SmallPicture(byte[] Jpeg, int Width, int Height);

/// <summary>What is drawn on a picture.</summary>
/// <param name="Box">Where; null is the whole picture, which gets the text alone.</param>
/// <param name="Text">One line.</param>
/// <param name="Class">See <see cref="Row.Class"/>: equal ones get equal colours.</param>
internal readonly record struct PictureMark(FaceBox? Box, string Text, int Class);
