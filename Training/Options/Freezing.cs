using System.Globalization;

namespace EmotionMLNet.Training.Options;

/// <summary>Which layers of trained weights stay as they are: none, a number of blocks from the input, or all but the last layer.</summary>
public readonly record struct Freezing
{
    private const int Everything = -1;

    private readonly int blocks;

    private Freezing(int blocks) => this.blocks = blocks;

    /// <summary>All layers learn.</summary>
    public static Freezing None => default;

    /// <summary>Only a new last layer learns, on features that the others make once of every picture.</summary>
    public static Freezing All => new(Everything);

    /// <summary>Blocks from the input that keep their weights; 0 where none or all do.</summary>
    public int Blocks => Math.Max(0, blocks);

    /// <summary>Whether everything but the last layer is frozen.</summary>
    public bool IsAll => blocks == Everything;

    /// <summary>Keeps the first blocks; a block is what stands between two halvings of the resolution.</summary>
    /// <param name="count">Number of blocks, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is below 1.</exception>
    public static Freezing First(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return new(count);
    }

    /// <summary>Reads "none", "all" or a number of blocks.</summary>
    /// <exception cref="FormatException">The text is none of them.</exception>
    public static Freezing Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text == "none") return None;
        if (text == "all") return All;
        bool isNumber = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count > 0;
        return isNumber ? First(count) : throw new FormatException("give none, all, or a number of blocks");
    }

    /// <summary>Returns the text that <see cref="Parse"/> reads.</summary>
    public override string ToString() => IsAll ? "all" : blocks == 0 ? "none" : blocks.ToString(CultureInfo.InvariantCulture);
}
