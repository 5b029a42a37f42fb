namespace EmotionMLNet;

/// <summary>
/// A rectangle around a face, in pixels of the upright picture: hairline or mid-forehead to chin, cheek to cheek, about three quarters as
/// wide as it is high. Parts of it may lie outside the picture.
/// </summary>
/// <param name="X">Left side; 0 is the left side of the picture.</param>
/// <param name="Y">Upper side; 0 is the upper side of the picture.</param>
/// <param name="Width">Above 0.</param>
/// <param name="Height">Above 0.</param>
public readonly record struct FaceBox(float X, float Y, float Width, float Height)
{
    /// <summary>The column of its middle.</summary>
    public float CentreX => X + Width * 0.5f;

    /// <summary>The row of its middle.</summary>
    public float CentreY => Y + Height * 0.5f;

    /// <summary>Width times height.</summary>
    public float Area => Width * Height;

    /// <summary>Area of what both cover.</summary>
    public float Intersect(FaceBox other)
    {
        float width = Math.Min(X + Width, other.X + other.Width) - Math.Max(X, other.X);
        float height = Math.Min(Y + Height, other.Y + other.Height) - Math.Max(Y, other.Y);
        return width > 0 && height > 0 ? width * height : 0;
    }

    /// <summary>Intersection over union, 0 to 1.</summary>
    public float Overlap(FaceBox other)
    {
        float both = Intersect(other), union = Area + other.Area - both;
        return union > 0 ? both / union : 0;
    }

    /// <summary>The same place in a picture that is so many times as large.</summary>
    internal FaceBox Scale(float factor) => new(X * factor, Y * factor, Width * factor, Height * factor);
}
