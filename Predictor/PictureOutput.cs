using System.Globalization;
using EmotionMLNet.Imaging;
using EmotionMLNet.Terminal;
using Microsoft.Win32.SafeHandles;

namespace EmotionMLNet.Predictor;

/// <summary>The pictures that a run makes besides its rows: with boxes, cut to the faces, and for the gallery.</summary>
internal sealed class PictureOutput
{
    // A cut face is as large as it is in the picture, within what one can look at.
    private const int SmallestCrop = 96, LargestCrop = 512;

    // A thousand cards are then below 20 MB, in base 64 too.
    private const int ThumbnailSide = 240, ThumbnailBytes = 10_000, ChipSide = 96, ChipBytes = 3_000;

    // Of a crowd the card shows the first faces, and says how many more there are.
    private const int MostChips = 6;

    private readonly IPictureDrawing drawing;
    private readonly ImageReaderOptions reader;
    private readonly FaceCrop crop;
    private readonly PictureFolder? annotated, crops;
    private readonly GalleryFile? gallery;

    /// <param name="options">Say what is wanted.</param>
    /// <param name="drawing">Draws it.</param>
    /// <param name="crop">How the model's faces are cut.</param>
    /// <param name="gallery">Takes cards; null where none are wanted.</param>
    /// <param name="isContinued">The run goes on with an earlier one, whose pictures stay.</param>
    public PictureOutput(PredictOptions options, IPictureDrawing drawing, FaceCrop crop, GalleryFile? gallery, bool isContinued)
    {
        this.crop = crop;
        this.drawing = drawing;
        this.gallery = gallery;
        reader = ImageReaderOptions.Default with { MaxPixels = options.MaxPixels };
        bool replaces = options.Force && !isContinued;
        annotated = options.Annotate is { } folder ? new PictureFolder(folder, replaces) : null;
        crops = options.Crops is { } other ? new PictureFolder(other, replaces) : null;
    }

    /// <summary>What is written over a face or a picture: "happy 93 %", with the number of the face where there are several.</summary>
    public static string Caption(Row row, bool isNumbered)
    {
        if (row.Class < 0) return row.State;
        string text = string.Create(CultureInfo.InvariantCulture, $"{row.Label} {100 * row.Confidence:0} %");
        return isNumbered && row.Face is { } face ? string.Create(CultureInfo.InvariantCulture, $"{face.Number} {text}") : text;
    }

    /// <summary>Makes the pictures of one file; may be called on several threads at once.</summary>
    /// <param name="rows">All rows of the file.</param>
    /// <param name="cancellation">Looked at while the file is decoded.</param>
    public DrawnFile Draw(IReadOnlyList<Row> rows, CancellationToken cancellation)
    {
        var file = new DrawnFile(rows);
        if (rows[0].Class == Row.Unread) return file with { Card = gallery is null ? null : GalleryCard.Of(rows, null, []) };
        try
        {
            Image picture = ImageReader.ReadFile(rows[0].Path, reader, cancellation);
            bool isJpeg = IsJpeg(rows[0].Path);
            PictureMark[] marks = [.. rows.Select(r => new PictureMark(r.Face?.Box, Caption(r, rows.Count > 1), r.Class))];
            return file with
            {
                Annotated = annotated is null ? null : drawing.Draw(picture, marks, isJpeg),
                Extension = Extension(rows[0].Path, isJpeg),
                Crops = crops is null ? [] : [.. Boxes(rows).Select(b => drawing.Draw(Cut(picture, b), [], isJpeg: false))],
                Card = gallery is null ? null : Card(rows, picture, marks),
            };
        }
        catch (Exception e) when (FoundFile.IsOfOneFile(e))
        {
            string problem = FoundFile.Reason(rows[0].Path, e); // it was there a moment ago
            return file with { Problem = problem, Card = gallery is null ? null : GalleryCard.Of(rows, null, []) };
        }
    }

    /// <summary>Writes them; call it in the order of the files.</summary>
    /// <returns>What went wrong, in one line; null if nothing did.</returns>
    public string? Keep(DrawnFile file)
    {
        if (file.Card is { } card) gallery!.Add(card);
        try
        {
            string name = Path.GetFileNameWithoutExtension(file.Rows[0].Path);
            if (file.Annotated is { } picture) annotated!.Put(name, file.Extension, picture);
            foreach ((int i, byte[] face) in file.Crops.Index())
                crops!.Put(string.Create(CultureInfo.InvariantCulture, $"{name}-{i + 1}"), ".png", face);
            return file.Problem;
        }
        catch (Exception e) when (FoundFile.IsOfOneFile(e))
        {
            return FoundFile.Reason(file.Rows[0].Path, e);
        }
    }

    private static IEnumerable<FaceBox> Boxes(IReadOnlyList<Row> rows) => rows.Select(r => r.Face?.Box).OfType<FaceBox>();

    private Image Cut(Image picture, FaceBox box)
    {
        int side = Math.Clamp((int)MathF.Round(crop.FindSquare(box).Height), SmallestCrop, LargestCrop);
        return crop.Cut(picture, box, side);
    }

    private GalleryCard Card(IReadOnlyList<Row> rows, Image picture, PictureMark[] marks)
    {
        SmallPicture whole = drawing.DrawSmall(picture, marks, ThumbnailSide, ThumbnailBytes);
        SmallPicture[] chips =
        [
            .. Boxes(rows).Take(MostChips).Select(b => drawing.DrawSmall(crop.Cut(picture, b, ChipSide), [], ChipSide, ChipBytes)),
        ];
        return GalleryCard.Of(rows, whole, chips);
    }

    // The name keeps the ending that it has, where that is true.
    private static string Extension(string path, bool isJpeg)
    {
        string ending = Path.GetExtension(path);
        if (!isJpeg) return ending.Equals(".png", StringComparison.OrdinalIgnoreCase) ? ending : ".png";
        return ending.ToLowerInvariant() is ".jpg" or ".jpeg" or ".jpe" or ".jfif" ? ending : ".jpg";
    }

    private static bool IsJpeg(string path)
    {
        using SafeFileHandle handle = InputFile.Open(path);
        Span<byte> start = stackalloc byte[3];
        return RandomAccess.Read(handle, start, 0) == start.Length && start.SequenceEqual<byte>([0xFF, 0xD8, 0xFF]);
    }
}
