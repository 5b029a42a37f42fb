using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace EmotionMLNet.MLNet.Pictures;

/// <summary>How a column holds pictures.</summary>
internal enum PictureKind
{
    /// <summary>Decoded by ML.NET: MLImage.</summary>
    Image,

    /// <summary>The path of a file: text.</summary>
    Path,

    /// <summary>A whole encoded file: a vector of bytes.</summary>
    Bytes,
}

/// <summary>A column of pictures.</summary>
internal readonly record struct PictureColumn(DataViewSchema.Column Column, PictureKind Kind)
{
    /// <summary>What columns may be, for messages.</summary>
    public const string Wanted = "MLImage, a text (the path of a file) or a vector of bytes (an encoded file)";

    /// <exception cref="ArgumentException">The column is missing, or of another type.</exception>
    public static PictureColumn Of(DataViewSchema schema, string name)
    {
        DataViewSchema.Column column = schema.GetColumnOrNull(name)
            ?? throw new ArgumentException(
                $"The data have no column '{name}' of pictures: they have {string.Join(", ", schema.Select(c => c.Name))}.", nameof(name));
        return KindOf(column.Type) is { } kind
            ? new PictureColumn(column, kind)
            : throw new ArgumentException($"The column '{name}' is {column.Type}, and pictures are {Wanted}.", nameof(name));
    }

    /// <summary>The kind of a type; null is none of them.</summary>
    public static PictureKind? KindOf(DataViewType type) => type switch
    {
        ImageDataViewType => PictureKind.Image,
        TextDataViewType => PictureKind.Path,
        VectorDataViewType { ItemType: NumberDataViewType item } when item == NumberDataViewType.Byte => PictureKind.Bytes,
        _ => null,
    };

    /// <summary>Reads the column of a row.</summary>
    public PictureGetter Getter(DataViewRow row) => new(this, row);
}

/// <summary>Reads the pictures of a row or cursor.</summary>
internal sealed class PictureGetter
{
    private readonly ValueGetter<MLImage>? image;
    private readonly ValueGetter<ReadOnlyMemory<char>>? path;
    private readonly ValueGetter<VBuffer<byte>>? bytes;

    public PictureGetter(PictureColumn column, DataViewRow row)
    {
        switch (column.Kind)
        {
            case PictureKind.Image: image = row.GetGetter<MLImage>(column.Column); break;
            case PictureKind.Path: path = row.GetGetter<ReadOnlyMemory<char>>(column.Column); break;
            default: bytes = row.GetGetter<VBuffer<byte>>(column.Column); break;
        }
    }

    /// <summary>Takes the picture of the present row; its memory is what the picture's former row left.</summary>
    public void Read(Picture picture)
    {
        if (image is not null) image(ref picture.Decoded!);
        else if (path is not null) picture.ReadPath(path);
        else bytes!(ref picture.Buffer);
    }
}

/// <summary>The picture of one row after another.</summary>
/// <remarks>
/// The value is handed to the next getter again, which is how ML.NET's sources take back what is theirs: a loader disposes of the MLImage
/// that it made for the row before, and a view of a program's own objects does not. Nobody else can know, so nothing is disposed of here.
/// </remarks>
internal sealed class Picture(PictureKind kind)
{
    /// <summary>Filled by a getter.</summary>
    internal MLImage? Decoded;

    /// <summary>Filled by a getter.</summary>
    internal VBuffer<byte> Buffer;

    private ReadOnlyMemory<char> text;

    public PictureKind Kind => kind;

    /// <summary>The decoded picture.</summary>
    public MLImage? Image => Decoded;

    /// <summary>The path; null or empty is none.</summary>
    public string? Path { get; private set; }

    /// <summary>The encoded picture.</summary>
    public ReadOnlySpan<byte> Encoded => Buffer.IsDense ? Buffer.GetValues() : Buffer.DenseValues().ToArray();

    /// <summary>Whether there is none.</summary>
    public bool IsMissing => kind switch
    {
        PictureKind.Image => Decoded is null,
        PictureKind.Path => string.IsNullOrEmpty(Path),
        _ => Buffer.Length == 0,
    };

    /// <summary>Bytes that it holds, for who bounds memory.</summary>
    public long Weight => kind switch
    {
        PictureKind.Image => Decoded is { } image ? 4L * image.Width * image.Height : 0,
        PictureKind.Path => 0,
        _ => Buffer.Length,
    };

    internal void ReadPath(ValueGetter<ReadOnlyMemory<char>> getter)
    {
        getter(ref text);
        Path = text.ToString();
    }

    /// <summary>Brings it to network size; may be called on another thread than the getter.</summary>
    /// <exception cref="MissingPictureException">There is none.</exception>
    public static void AddTo(PictureBatch batch, Picture picture, CancellationToken cancellationToken)
    {
        if (picture.IsMissing) throw MissingPictureException.Instance;
        switch (picture.Kind)
        {
            case PictureKind.Path: batch.AddFile(picture.Path!, cancellationToken); break;
            case PictureKind.Bytes: batch.Add(picture.Encoded, cancellationToken); break;
            default:
                MLImage image = picture.Image!;
                batch.AddPremultiplied(image.Pixels, image.Width, image.Height, image.PixelFormat == MLPixelFormat.Bgra32);
                break;
        }
    }
}

/// <summary>A row without a picture: told by an exception, because a batch then has no place for it.</summary>
internal sealed class MissingPictureException : Exception
{
    public static readonly MissingPictureException Instance = new();

    private MissingPictureException() : base("the picture is missing") { }
}
