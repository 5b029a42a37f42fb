using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Training.Data;

/// <summary>An image that a source names, before anything is read of it.</summary>
/// <param name="Name">A path relative to the data folder with '/', or "fer2013.csv:17".</param>
/// <param name="Label">The label as the source spells it.</param>
/// <param name="Part">What the source calls its split ("PublicTest"), or null where it says nothing.</param>
/// <param name="Content">How to read it.</param>
internal sealed record ListedImage(string Name, string Label, string? Part, ImageContent Content);

/// <summary>A file or row that cannot be used.</summary>
/// <param name="Split">Train, validation or test, where that is known.</param>
/// <param name="Name">The image's name, as in <see cref="ListedImage"/>.</param>
/// <param name="Reason">One line.</param>
internal sealed record UnusableImage(Split? Split, string Name, string Reason);

/// <summary>What a source holds, in an order that does not depend on the file system.</summary>
/// <param name="Kind">"class folders", "split folders", "FER2013 CSV" or "CSV of paths".</param>
/// <param name="Labels">Class names in class order.</param>
/// <param name="Images">Every image of these classes.</param>
/// <param name="Unusable">Rows and links that name no image, or one that is counted already.</param>
/// <param name="Notes">What the user should know about how the source was understood.</param>
internal sealed record SourceListing(
    string Kind,
    IReadOnlyList<string> Labels,
    IReadOnlyList<ListedImage> Images,
    IReadOnlyList<UnusableImage> Unusable,
    IReadOnlyList<string> Notes
)
{
    /// <summary>Folders that can't be read: images may be missing that nobody knows of.</summary>
    public IReadOnlyList<UnusableImage> Unreadable { get; init; } = [];
}
