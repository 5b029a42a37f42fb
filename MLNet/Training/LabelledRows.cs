using System.Runtime.ExceptionServices;
using EmotionMLNet.Imaging;
using EmotionMLNet.Imaging.Png;
using EmotionMLNet.MLNet.Pictures;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Training;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Options;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace EmotionMLNet.MLNet.Training;

/// <summary>The rows of a view, as a source of training pictures like any other. The view is read once.</summary>
/// <remarks>
/// Of a path, the path alone is kept; decoded and encoded pictures are brought to the network's size at once, so no row holds a picture of
/// its own size.
/// </remarks>
internal sealed class LabelledRows
{
    private readonly LabelKeys keys;
    private readonly string feature;
    private readonly CancellationToken cancellation;

    /// <param name="keys">Of the training view.</param>
    /// <param name="feature">Name of the picture column.</param>
    /// <param name="cancellation">Checked between rows.</param>
    public LabelledRows(LabelKeys keys, string feature, CancellationToken cancellation)
    {
        this.keys = keys;
        this.feature = feature;
        this.cancellation = cancellation;
    }

    /// <summary>Lists the rows of a training view, and of another that is held out.</summary>
    /// <param name="train">To learn from.</param>
    /// <param name="validation">To choose the best epoch on; null deals some of the others.</param>
    /// <param name="choosesOnTrain">Whether the training pictures are also those that the best epoch is chosen on.</param>
    /// <param name="preprocessing">How the network wants pictures; null keeps each whole, as a file.</param>
    /// <exception cref="TrainingException">No row can be used.</exception>
    public SourceListing List(IDataView train, IDataView? validation, bool choosesOnTrain, ImagePreprocessing? preprocessing)
    {
        (ListedImage[] images, UnusableImage[] unusable, int unlabelled) = Read(train, keys, "row", Split.Train, preprocessing);
        List<string> notes = [];
        Note(unlabelled, "has no label and is", "have no label and are");
        if (validation is not null)
        {
            LabelKeys others = LabelKeys.Of(validation.Schema, keys.Column.Name);
            (ListedImage[] held, UnusableImage[] bad, int without) = Read(
                validation, others, "validation row", Split.Validation, preprocessing);
            Note(without, "of the validation set has no label and is", "of the validation set have no label and are");
            (images, unusable) = ([.. images, .. held], [.. unusable, .. bad]);
        }
        else if (choosesOnTrain)
        {
            images = [.. images, .. images.Select(i => i with { Part = "validation" })];
            notes.Add("no picture is held out: the best epoch is chosen on the pictures that are trained on");
        }
        if (images.Length == 0)
        {
            string why =
                unusable.Length > 0 ? $"{unusable[0].Name}: {unusable[0].Reason}"
                : unlabelled > 0 ? "no row has a label"
                : "it has no rows";
            throw new TrainingException($"The view has no picture to train on ({why}).");
        }
        return new SourceListing("rows of a view", keys.Names, images, unusable, notes);

        void Note(int count, string one, string several)
        {
            if (count > 0) notes.Add($"{count} {(count == 1 ? $"row {one}" : $"rows {several}")} left out");
        }
    }

    private (ListedImage[] Images, UnusableImage[] Unusable, int Unlabelled) Read(
        IDataView view, LabelKeys labels, string noun, Split split, ImagePreprocessing? preprocessing)
    {
        PictureColumn column = PictureColumn.Of(view.Schema, feature);
        DataViewRowCursor[] cursors = view.GetRowCursorSet([column.Column, labels.Column], Environment.ProcessorCount);
        var read = new List<Row>[cursors.Length];
        try
        {
            if (cursors.Length == 1) read[0] = ReadAll(cursors[0]);
            else Parallel(cursors, i => read[i] = ReadAll(cursors[i]));
        }
        finally
        {
            foreach (DataViewRowCursor cursor in cursors) cursor.Dispose();
        }
        // Batches have the order of the view, and each is on one cursor.
        Row[] rows = [.. read.SelectMany(r => r).OrderBy(r => r.Batch)];
        var images = new List<ListedImage>();
        var unusable = new List<UnusableImage>();
        int unlabelled = 0;
        for (int i = 0; i < rows.Length; i++)
        {
            string name = (rows[i].Content as FileContent)?.Path ?? $"{noun} {i + 1}";
            if (rows[i].Label < 0) unlabelled++;
            else if (rows[i].Content is { } content)
                images.Add(new ListedImage(name, labels.Names[rows[i].Label], split == Split.Train ? "train" : "validation", content));
            else unusable.Add(new UnusableImage(split, name, rows[i].Reason!));
        }
        return ([.. images], [.. unusable], unlabelled);

        List<Row> ReadAll(DataViewRowCursor cursor) => this.ReadAll(cursor, column, labels, preprocessing);
    }

    private List<Row> ReadAll(DataViewRowCursor cursor, PictureColumn column, LabelKeys labels, ImagePreprocessing? preprocessing)
    {
        var rows = new List<Row>();
        Func<int> label = LabelKeys.Getter(cursor, labels.Column);
        PictureGetter getter = column.Getter(cursor);
        var picture = new Picture(column.Kind);
        var shrinker = new PremultipliedPicture();
        while (cursor.MoveNext())
        {
            cancellation.ThrowIfCancellationRequested();
            int c = label();
            if (c < 0 || c >= labels.Names.Count)
            {
                rows.Add(new Row(cursor.Batch, -1, null, null));
                continue;
            }
            (ImageContent? content, string? reason) = Content(getter, picture, shrinker, preprocessing);
            rows.Add(new Row(cursor.Batch, c, content, reason));
        }
        return rows;
    }

    private static (ImageContent? Content, string? Reason) Content(
        PictureGetter getter, Picture picture, PremultipliedPicture shrinker, ImagePreprocessing? preprocessing)
    {
        try
        {
            getter.Read(picture);
            if (picture.IsMissing) return (null, "the picture is missing");
            if (picture.Kind == PictureKind.Path) return (new FileContent(picture.Path!), null);
            if (preprocessing is null) return (new WholeContent(Encode(picture)), null);
            byte[] pixels = new byte[preprocessing.Length];
            if (picture.Kind == PictureKind.Bytes) preprocessing.ReadPixels(picture.Encoded, pixels);
            else
            {
                MLImage image = picture.Image!;
                shrinker.ToPixels(image.Pixels, image.Width, image.Height, image.PixelFormat == MLPixelFormat.Bgra32,
                    ImageReaderOptions.Default.Background, preprocessing, pixels);
            }
            return (new PreparedContent(pixels), null);
        }
        catch (ImageFormatException e)
        {
            return (null, e.Message);
        }
    }

    // What is encoded stays as it is.
    private static byte[] Encode(Picture picture)
    {
        if (picture.Kind == PictureKind.Bytes) return picture.Encoded.ToArray();
        MLImage image = picture.Image!;
        byte[] colours = new byte[checked(3 * image.Width * image.Height)];
        AlphaBlend.OverPremultiplied(
            image.Pixels, image.PixelFormat == MLPixelFormat.Bgra32, ImageReaderOptions.Default.Background, colours);
        return PngEncoder.Encode(new Image(image.Width, image.Height, 3, colours));
    }

    private static void Parallel(DataViewRowCursor[] cursors, Action<int> read)
    {
        // Threads of their own: cursors of one set wait for one another.
        var errors = new Exception?[cursors.Length];
        Task.WaitAll(
            [
                .. Enumerable.Range(0, cursors.Length).Select(i => Task.Factory.StartNew(() => Guarded(i), CancellationToken.None,
                    TaskCreationOptions.LongRunning, TaskScheduler.Default)),
            ]
        );
        if (Array.Find(errors, e => e is not null) is { } error) ExceptionDispatchInfo.Throw(error);

        void Guarded(int i)
        {
            try
            {
                read(i);
            }
            catch (Exception e)
            {
                errors[i] = e;
                cursors[i].Dispose(); // else the others wait for its rows to be taken
            }
        }
    }

    private readonly record struct Row(long Batch, int Label, ImageContent? Content, string? Reason);

    /// <summary>The content of a picture file.</summary>
    private sealed class WholeContent(byte[] file) : ImageContent
    {
        public override bool IsFile => true;

        public override byte[] Read() => file;

        public override ImageHeader? Describe(ReadOnlySpan<byte> content) => ImageHeader.Read(content);

        public override void Decode(
            ReadOnlySpan<byte> content, ImagePreprocessing preprocessing, ImageReaderOptions options, Span<byte> pixels)
            => preprocessing.ReadPixels(content, pixels, options);
    }

    /// <summary>A picture that has the network's size already.</summary>
    private sealed class PreparedContent(byte[] prepared) : ImageContent
    {
        public override byte[] Read() => prepared;

        public override ImageHeader? Describe(ReadOnlySpan<byte> content) => null;

        public override void Decode(
            ReadOnlySpan<byte> content, ImagePreprocessing preprocessing, ImageReaderOptions options, Span<byte> pixels)
            => prepared.CopyTo(pixels);
    }
}
