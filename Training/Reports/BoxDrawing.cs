namespace EmotionMLNet.Training.Reports;

/// <summary>Lines around boxes in grey pictures, for reports: white, with a dark line beside it that shows on any background.</summary>
internal static class BoxDrawing
{
    /// <summary>Draws the outline of a box; what lies outside the picture is left out.</summary>
    /// <param name="grey">[height, width].</param>
    /// <param name="width">Columns.</param>
    /// <param name="box">In pixels of the picture.</param>
    /// <param name="dashed">For places that count for nothing, and for what was drawn by people.</param>
    public static void Draw(Span<byte> grey, int width, FaceBox box, bool dashed = false)
    {
        int height = grey.Length / width;
        int left = (int)MathF.Floor(box.X), top = (int)MathF.Floor(box.Y), right = (int)MathF.Ceiling(box.X + box.Width) - 1,
            bottom = (int)MathF.Ceiling(box.Y + box.Height) - 1;
        for (int inset = 0; inset < 2; inset++)
        {
            byte level = inset == 0 ? (byte)255 : (byte)0;
            for (int x = left + inset; x <= right - inset; x++)
            {
                Set(grey, x, top + inset, x, level);
                Set(grey, x, bottom - inset, x, level);
            }
            for (int y = top + inset; y <= bottom - inset; y++)
            {
                Set(grey, left + inset, y, y, level);
                Set(grey, right - inset, y, y, level);
            }
        }

        void Set(Span<byte> of, int x, int y, int along, byte level)
        {
            bool isGap = dashed && (along & 7) >= 4;
            if (!isGap && (uint)x < (uint)width && (uint)y < (uint)height) of[y * width + x] = level;
        }
    }
}
